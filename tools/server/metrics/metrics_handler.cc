// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/metrics_handler.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "robusto/admin/metrics/metrics.h"
#include "robusto/admin/status_page/status_json.h"
#include "robusto/admin/status_page/status_page.h"
#include "robusto/tools/server/metrics/browser_guard.h"
#include "robusto/tools/server/metrics/pool_changes.h"
#include "robusto/tools/server/metrics/server_metrics.h"

namespace robusto {
namespace {

void Text(ResponseWriter& response, int status, absl::string_view text) {
  response.SetStatus(status);
  response.SetHeader("Content-Type", "text/plain; charset=utf-8");
  response.Write(text);
  response.Write("\n");
}

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

class MetricsPages {
 public:
  explicit MetricsPages(MetricsHandlerOptions options)
      : options_(std::move(options)),
        metrics_(options_.pool),
        http_metrics_(options_.http),
        process_metrics_(options_.process) {}

  void Answer(const Request& request, ResponseWriter& response) const {
    // No page may be cached: each shows the current state, and some depend on the caller's token.
    response.SetHeader("Cache-Control", "no-store");
    response.SetHeader("X-Content-Type-Options", "nosniff");
    response.SetHeader("Referrer-Policy", "no-referrer");
    response.SetHeader("Cross-Origin-Resource-Policy", "same-origin");
    const absl::string_view path = request.path();
    const bool read = request.method() == Method::kGet || request.method() == Method::kHead;
    const bool page = path == "/" || path == "/status.json";
    const bool change = IsPoolChange(path);
    if (page || path == "/metrics" || path == "/healthz" || path == "/readyz") {
      if (!read) return WrongMethod("GET, HEAD", response);
    } else if (!change) {
      return Text(response, 404, "there are /, /metrics, /healthz and /readyz");
    } else if (request.method() != Method::kPost) {
      return WrongMethod("POST", response);
    }
    if (page || change) {
      if (options_.local && !IsLocalHost(request.host(), options_.own_name)) {
        return Text(response, 421,
                    "this is for programs of this machine: name it by its address or localhost");
      }
    }
    if (path == "/metrics") return Metrics(response);
    if (path == "/healthz") return Verdict(options_.health().not_live, "ok", response);
    if (path == "/readyz") return Verdict(options_.health().not_ready, "ready", response);
    if (path == "/") return Page(response);
    if (path == "/status.json") return Status(request, response);
    Change(request, response);
  }

 private:
  static void WrongMethod(absl::string_view allowed, ResponseWriter& response) {
    response.SetHeader("Allow", allowed);
    Text(response, 405, absl::StrCat("allowed: ", allowed));
  }

  void Metrics(ResponseWriter& response) const {
    response.SetHeader("Content-Type", kMetricsContentType);
    response.Write(MetricsText({&metrics_, &http_metrics_, &process_metrics_}));
  }

  static void Verdict(const std::string& why_not, absl::string_view good,
                      ResponseWriter& response) {
    Text(response, why_not.empty() ? 200 : 503, why_not.empty() ? good : why_not);
  }

  // The page itself has nothing in it that needs a token.
  static void Page(ResponseWriter& response) {
    response.SetHeader("Content-Type", "text/html; charset=utf-8");
    response.SetHeader("Content-Security-Policy", StatusPageContentSecurityPolicy());
    response.SetHeader("X-Frame-Options", "DENY");
    response.SetHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.Write(StatusPage());
  }

  // The role that the request's token has.
  absl::optional<AdminRole> Role(const Request& request) const {
    absl::string_view token = request.Header("Authorization").value_or("");
    if (options_.tokens == nullptr || !absl::StartsWithIgnoreCase(token, "bearer ")) {
      return absl::nullopt;
    }
    token.remove_prefix(7);
    return options_.tokens->Find(absl::StripAsciiWhitespace(token));
  }

  static void NeedsToken(ResponseWriter& response) {
    response.SetHeader("WWW-Authenticate", "Bearer");
    Text(response, 401, "needs a token that the server knows: Authorization: Bearer TOKEN");
  }

  void Status(const Request& request, ResponseWriter& response) const {
    const absl::optional<AdminRole> role = Role(request);
    if (options_.tokens == nullptr && !options_.local) {
      return Text(response, 403,
                  "other machines reach this port, and it knows no tokens: it shows no requests");
    }
    if (options_.tokens != nullptr && !role.has_value()) return NeedsToken(response);
    StatusExtras extras;
    extras.may_operate = role == AdminRole::kOperator;
    if (options_.http) extras.connections_open = options_.http().connections_open;
    extras.not_ready = options_.health().not_ready;
    const RecentDurations recent = options_.recent();
    extras.recent = &recent;
    response.SetHeader("Content-Type", "application/json");
    response.Write(StatusJson(*options_.pool, extras));
  }

  void Change(const Request& request, ResponseWriter& response) const {
    const absl::optional<absl::string_view> origin = request.Header("Origin");
    if (origin.has_value() && !IsSameOrigin(*origin, request.host())) {
      return Text(response, 403, "a page of another origin may not do this");
    }
    if (options_.tokens == nullptr) {
      return Text(response, 403, "the server has no token file, and so this page is to read only");
    }
    const absl::optional<AdminRole> role = Role(request);
    if (!role.has_value()) return NeedsToken(response);
    if (*role != AdminRole::kOperator) return Text(response, 403, "needs an operator's token");
    const absl::StatusOr<std::string> done =
        ChangePool(*options_.pool, request.path(), request.query());
    const std::string answer = done.ok() ? *done : std::string(done.status().message());
    if (options_.on_change) {
      // The target has no controls in it: it was parsed.
      options_.on_change(absl::StrCat(request.target(), " from ", request.peer(), ": ", answer));
    }
    Text(response, HttpStatus(done.status().code()), answer);
  }

  // Constant after construction.
  const MetricsHandlerOptions options_;
  const PoolMetrics metrics_;
  const ServerMetrics http_metrics_;
  const ProcessMetrics process_metrics_;
};

}  // namespace

Handler MetricsHandler(MetricsHandlerOptions options) {
  auto pages = std::make_shared<MetricsPages>(std::move(options));
  return [pages](const Request& request, ResponseWriter& response) {
    pages->Answer(request, response);
  };
}

}  // namespace robusto

// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/routing/router.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "robusto/http/message/normalize_path.h"
#include "robusto/http/message/path_parameters.h"
#include "robusto/http/message/uri.h"
#include "robusto/http/routing/route_pattern.h"

namespace robusto {
namespace {

struct NamedMethod {
  Method method;
  absl::string_view name;
};

// In alphabetical order, which is Allow's.
constexpr NamedMethod kMethods[] = {
    {Method::kDelete, "DELETE"},   {Method::kGet, "GET"},     {Method::kHead, "HEAD"},
    {Method::kOptions, "OPTIONS"}, {Method::kPatch, "PATCH"}, {Method::kPost, "POST"},
    {Method::kPut, "PUT"},         {Method::kTrace, "TRACE"},
};

// A set of methods, as bits.
using MethodSet = uint32_t;
constexpr MethodSet Bit(Method method) { return MethodSet{1} << static_cast<int>(method); }

// A node has one slot for each method. kOther is not a single method: its slot has the route for any
// method.
constexpr Method kAny = Method::kOther;
constexpr size_t kSlots = static_cast<size_t>(kAny) + 1;

absl::string_view MethodName(Method method) {
  for (const NamedMethod& known : kMethods) {
    if (known.method == method) return known.name;
  }
  return "any method";
}

// The value of Allow, with the HEAD and OPTIONS that the Router answers itself.
std::string AllowValue(MethodSet methods) {
  methods |= Bit(Method::kOptions);
  if ((methods & Bit(Method::kGet)) != 0) methods |= Bit(Method::kHead);
  std::string value;
  for (const NamedMethod& known : kMethods) {
    if ((methods & Bit(known.method)) == 0) continue;
    absl::StrAppend(&value, value.empty() ? "" : ", ", known.name);
  }
  return value;
}

}  // namespace

struct Router::Route {
  // `values` are what the pattern's wildcards matched, in their order.
  void Serve(absl::Span<const absl::string_view> values, const Request& request,
             ResponseWriter& response) const;
  HeadDecision OnHead(absl::Span<const absl::string_view> values, const Request& request,
                      ResponseWriter& response) const;
  // False: the body is too long for a handler that wants the whole of it. Answered.
  bool CheckBody(const Request& request, ResponseWriter& response) const;

  RoutePattern pattern;
  bool streaming;
  Handler handler;
};

bool Router::Route::CheckBody(const Request& request, ResponseWriter& response) const {
  if (streaming || request.body_complete()) return true;
  response.Error(413);
  response.CloseConnection();
  return false;
}

void Router::Route::Serve(absl::Span<const absl::string_view> values, const Request& request,
                          ResponseWriter& response) const {
  if (!CheckBody(request, response)) return;
  const PathParameters parameters(pattern.names, values);
  handler(request.WithPathParameters(&parameters), response);
}

HeadDecision Router::Route::OnHead(absl::Span<const absl::string_view> values,
                                   const Request& request, ResponseWriter& response) const {
  if (!CheckBody(request, response)) return HeadDecision::kRespond;
  const PathParameters parameters(pattern.names, values);
  return handler.OnHead(request.WithPathParameters(&parameters), response);
}

struct Router::Node {
  using Child = std::shared_ptr<const Node>;

  // The child for a segment of a pattern; null, or a null child, when there is none.
  const Child* FindChild(const RoutePattern::Segment& segment) const {
    switch (segment.kind) {
      case RoutePattern::Kind::kParameter:
        return &parameter;
      case RoutePattern::Kind::kRest:
        return &rest;
      case RoutePattern::Kind::kLiteral:
        break;
    }
    const auto it = literals.find(segment.literal);
    return it == literals.end() ? nullptr : &it->second;
  }

  Child& MutableChild(const RoutePattern::Segment& segment) {
    switch (segment.kind) {
      case RoutePattern::Kind::kParameter:
        return parameter;
      case RoutePattern::Kind::kRest:
        return rest;
      case RoutePattern::Kind::kLiteral:
        break;
    }
    return literals[segment.literal];
  }

  // The route that was added for this method, or null; no other method's in its place.
  const Route* route(Method method) const { return routes[static_cast<size_t>(method)].get(); }

  absl::flat_hash_map<std::string, Child> literals;
  Child parameter;
  Child rest;
  std::array<std::shared_ptr<const Route>, kSlots> routes;  // of the patterns that end here

  // A copy of `node`, which may be null, with `route` added at the end of `segments`.
  static Child Insert(const Node* node, absl::Span<const RoutePattern::Segment> segments,
                      Method method, std::shared_ptr<const Route> route);
  // The node at the end of `segments` below `node`, which may be null; null when there is none.
  static Child Find(const Child& node, absl::Span<const RoutePattern::Segment> segments);
  // The route for a request with `method` here: its own, else GET's for HEAD, else the one for any
  // method. Null when there is none.
  const Route* Select(Method method) const;
};

// A node that is copied because a route was added below it has the same routes, so that an entry
// changes only when a route is added to its own pattern.
struct Router::ExactPaths {
  absl::flat_hash_map<std::string, Node::Child> nodes;
};

Router::Node::Child Router::Node::Insert(const Node* node,
                                         absl::Span<const RoutePattern::Segment> segments,
                                         Method method, std::shared_ptr<const Route> route) {
  auto copy = node == nullptr ? std::make_shared<Node>() : std::make_shared<Node>(*node);
  if (segments.empty()) {
    copy->routes[static_cast<size_t>(method)] = std::move(route);
  } else {
    Child& child = copy->MutableChild(segments.front());
    child = Insert(child.get(), segments.subspan(1), method, std::move(route));
  }
  return copy;
}

Router::Node::Child Router::Node::Find(const Child& node,
                                       absl::Span<const RoutePattern::Segment> segments) {
  const Child* at = &node;
  for (const RoutePattern::Segment& segment : segments) {
    if (at == nullptr || *at == nullptr) return nullptr;
    at = (*at)->FindChild(segment);
  }
  return at == nullptr ? nullptr : *at;
}

const Router::Route* Router::Node::Select(Method method) const {
  if (const Route* own = route(method)) return own;
  if (method == Method::kHead) {
    if (const Route* of_get = route(Method::kGet)) return of_get;
  }
  return route(kAny);
}

// Matches the path of one request with the patterns in the trie.
class Router::Matcher {
 public:
  Matcher(absl::string_view path, Method method) : path_(path), method_(method) {}

  // Cuts and decodes the path. Returns what is wrong with it, or empty.
  absl::string_view Split();

  // The best route below `root`, which may be null; null when there is none.
  const Route* Match(const Node* root) { return root == nullptr ? nullptr : Match(*root, 0); }

  // When there is no route: the methods that have a route whose pattern matches.
  MethodSet allowed() const { return allowed_; }
  // What the route's wildcards matched, in their order.
  absl::Span<const absl::string_view> values() const { return values_; }

 private:
  struct Segment {
    absl::string_view text;  // decoded
    size_t begin;            // where it begins in the path
  };

  // Each node has one depth and one parent, so that no node is visited twice and backtracking is
  // cheap.
  const Route* Match(const Node& node, size_t depth);
  // The route at a node whose pattern matches; null, and allowed_ grows, when none is for the method.
  const Route* Select(const Node& node);

  const absl::string_view path_;
  const Method method_;
  std::string decoded_;
  absl::InlinedVector<Segment, kInlineSegments> segments_;
  absl::InlinedVector<absl::string_view, kInlineSegments> values_;
  MethodSet allowed_ = 0;
};

absl::string_view Router::Matcher::Split() {
  if (path_.empty() || path_.front() != '/') return "the path does not begin with a slash";
  if (LeavesRoot(path_)) return "the path leads above the root";
  for (size_t begin = 1;;) {
    const size_t slash = path_.find('/', begin);
    const size_t end = slash == absl::string_view::npos ? path_.size() : slash;
    absl::string_view text = path_.substr(begin, end - begin);
    if (text.find('%') != absl::string_view::npos) {
      decoded_.reserve(path_.size());  // so that it never grows, and views into it stay valid
      const size_t at = decoded_.size();
      if (!PercentDecode(text, &decoded_)) return "invalid percent-encoding in the path";
      text = absl::string_view(decoded_).substr(at);
    }
    segments_.push_back({text, begin});
    if (slash == absl::string_view::npos) return {};
    begin = slash + 1;
  }
}

const Router::Route* Router::Matcher::Match(const Node& node, size_t depth) {
  if (depth == segments_.size()) return Select(node);
  const Segment& segment = segments_[depth];
  const auto literal = node.literals.find(segment.text);
  if (literal != node.literals.end()) {
    if (const Route* route = Match(*literal->second, depth + 1)) return route;
  }
  if (node.parameter != nullptr && !segment.text.empty()) {
    values_.push_back(segment.text);
    if (const Route* route = Match(*node.parameter, depth + 1)) return route;
    values_.pop_back();
  }
  if (node.rest != nullptr) {
    values_.push_back(path_.substr(segment.begin));
    if (const Route* route = Select(*node.rest)) return route;
    values_.pop_back();
  }
  return nullptr;
}

const Router::Route* Router::Matcher::Select(const Node& node) {
  if (const Route* route = node.Select(method_)) return route;
  for (const NamedMethod& known : kMethods) {
    if (node.route(known.method) != nullptr) allowed_ |= Bit(known.method);
  }
  return nullptr;
}

absl::Status Router::Handle(Method method, absl::string_view pattern, Handler handler) {
  return AddMethod(method, {pattern, /*streaming=*/false, std::move(handler)});
}

absl::Status Router::HandleStreaming(Method method, absl::string_view pattern, Handler handler) {
  return AddMethod(method, {pattern, /*streaming=*/true, std::move(handler)});
}

absl::Status Router::HandleAny(absl::string_view pattern, Handler handler) {
  return Add(kAny, {pattern, /*streaming=*/false, std::move(handler)});
}

absl::Status Router::HandleAnyStreaming(absl::string_view pattern, Handler handler) {
  return Add(kAny, {pattern, /*streaming=*/true, std::move(handler)});
}

absl::Status Router::AddMethod(Method method, NewRoute route) {
  if (method == Method::kConnect) {
    return absl::InvalidArgumentError(absl::StrCat(
        "route pattern \"", route.pattern,
        "\": the method must not be kConnect: ", "CONNECT names no path and is answered 501"));
  }
  if (method == Method::kOther) {
    return absl::InvalidArgumentError(absl::StrCat("route pattern \"", route.pattern,
                                                   "\": the method must not be kOther; use ",
                                                   "HandleAny and check method_name()"));
  }
  return Add(method, std::move(route));
}

absl::Status Router::Add(Method method, NewRoute route) {
  absl::StatusOr<RoutePattern> pattern = RoutePattern::Parse(route.pattern);
  if (!pattern.ok()) return pattern.status();
  if (route.handler == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("route pattern \"", route.pattern, "\": the handler must not be null"));
  }
  const Node::Child end = Node::Find(root_, pattern->segments);
  const Route* const existing = end == nullptr ? nullptr : end->route(method);
  if (existing != nullptr) {
    return absl::AlreadyExistsError(
        absl::StrCat("route pattern \"", route.pattern, "\": \"", existing->pattern.text,
                     "\" already matches the same paths for ", MethodName(method),
                     "; remove one of them, or use another method"));
  }
  const std::vector<RoutePattern::Segment> segments = pattern->segments;
  // Escapes have more than one spelling.
  const bool exact = pattern->names.empty() && pattern->text.find('%') == std::string::npos;
  const std::string path = pattern->text;
  root_ = Node::Insert(root_.get(), segments, method,
                       std::make_shared<const Route>(
                           Route{*std::move(pattern), route.streaming, std::move(route.handler)}));
  if (exact) {
    // A copy, because other Routers may share the old one and be in use.
    auto copy =
        exact_ == nullptr ? std::make_shared<ExactPaths>() : std::make_shared<ExactPaths>(*exact_);
    copy->nodes[path] = Node::Find(root_, segments);
    exact_ = std::move(copy);
  }
  return absl::OkStatus();
}

const Router::Route* Router::MatchExact(absl::string_view path, Method method) const {
  if (exact_ == nullptr) return nullptr;
  const auto found = exact_->nodes.find(path);
  return found == exact_->nodes.end() ? nullptr : found->second->Select(method);
}

template <typename Serve>
HeadDecision Router::Dispatch(const Request& request, ResponseWriter& response, Serve serve) const {
  const Method method = request.method();
  if (method == Method::kConnect) {
    response.Error(501);
    return HeadDecision::kRespond;
  }
  if (method == Method::kOptions && request.path() == "*") {
    response.SetStatus(204);
    return HeadDecision::kRespond;
  }

  // Literals go before wildcards in every segment, so that no other pattern can be better.
  if (const Route* const route = MatchExact(request.path(), method)) return serve(*route, {});
  Matcher matcher(request.path(), method);
  const absl::string_view wrong = matcher.Split();
  if (!wrong.empty()) {
    response.Error(400, wrong);
    return HeadDecision::kRespond;
  }
  const Route* const route = matcher.Match(root_.get());
  if (route != nullptr) return serve(*route, matcher.values());
  if (matcher.allowed() == 0) {
    response.Error(404);
    return HeadDecision::kRespond;
  }
  if (method == Method::kOptions) {
    response.SetStatus(204);
  } else {
    // RFC 9110 section 9.1: 405 is for methods that the server knows.
    response.Error(method == Method::kOther ? 501 : 405);
  }
  response.SetHeader("Allow", AllowValue(matcher.allowed()));
  return HeadDecision::kRespond;
}

void Router::operator()(const Request& request, ResponseWriter& response) const {
  static_cast<void>(Dispatch(request, response,
                             [&](const Route& route, absl::Span<const absl::string_view> values) {
                               route.Serve(values, request, response);
                               return HeadDecision::kRespond;
                             }));
}

HeadDecision Router::OnHead(const Request& request, ResponseWriter& response) const {
  return Dispatch(request, response,
                  [&](const Route& route, absl::Span<const absl::string_view> values) {
                    return route.OnHead(values, request, response);
                  });
}

}  // namespace robusto

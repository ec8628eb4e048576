// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Handler: the code that answers a request. It runs in a pool worker and may block: that is what the
// pool is for. It is called from many workers at once and so must be thread-safe. An exception that
// leaves it is caught: the client gets 500 if nothing was sent yet, and the connection is closed.
//
//   Handler hello = [](const Request&, ResponseWriter& response) { response.Write("Hello, World!"); };
//
// A handler may also look at the head of a request before the body is read. It can then refuse an
// upload before the client has sent it (RFC 9110 section 10.1.1), and a body that nothing wants
// takes no memory. Give a Handler its HeadCheck beside it:
//
//   Handler upload(
//       [](const Request& request, ResponseWriter& response) {
//         if (MayUpload(request)) return HeadDecision::kReadBody;
//         response.Error(403);
//         return HeadDecision::kRespond;
//       },
//       StoreUpload);
//
// or write a class with a const method OnHead of that type beside its operator(), as FileHandler
// and Router are: a Handler that is made of such an object calls both.
//
// Thread-safety: const methods, from any thread. Copies call the same code.

#ifndef ROBUSTO_HTTP_API_HANDLER_H_
#define ROBUSTO_HTTP_API_HANDLER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "robusto/http/message/request.h"
#include "robusto/http/message/response.h"

namespace robusto {

// What becomes of a request whose head is known and whose body is not.
enum class HeadDecision : uint8_t {
  kReadBody,  // the body is read, after 100 Continue where the client waits for it; then the handler
              // is called with a response as new
  kRespond,   // the response is sent as it is now, and the handler is not called
};

// Decides about a request with a body before the body is read. It is not called for requests without
// one, which the handler can answer as soon. Runs in a pool worker, as the handler does, and may
// block. Request::body() is empty; Request::body_complete() is false when the announced length is
// already more than the server hands over at once (ServerOptions::body_buffer). An exception that
// leaves it is answered as one of the handler's.
using HeadCheck = std::function<HeadDecision(const Request&, ResponseWriter&)>;

namespace handler_internal {

template <typename F, typename = void>
struct HasOnHead : std::false_type {};
template <typename F>
struct HasOnHead<
    F, std::enable_if_t<std::is_same<HeadDecision, decltype(std::declval<const F&>().OnHead(
                                                       std::declval<const Request&>(),
                                                       std::declval<ResponseWriter&>()))>::value>>
    : std::true_type {};

}  // namespace handler_internal

class Handler {
 public:
  using Function = std::function<void(const Request&, ResponseWriter&)>;

  Handler() = default;
  Handler(std::nullptr_t) {}
  // Of any callable. If it has OnHead, that is the head check, called on a copy of `function`.
  template <typename F, std::enable_if_t<!std::is_same<F, Handler>::value &&
                                             std::is_convertible<F, Function>::value,
                                         int> = 0>
  Handler(F function) {
    if constexpr (handler_internal::HasOnHead<F>::value) {
      head_check_ = [copy = function](const Request& request, ResponseWriter& response) {
        return copy.OnHead(request, response);
      };
    }
    function_ = std::move(function);
  }
  Handler(HeadCheck head_check, Function function)
      : function_(std::move(function)), head_check_(std::move(head_check)) {}

  void operator()(const Request& request, ResponseWriter& response) const {
    function_(request, response);
  }

  // Whether OnHead can decide anything: false for a plain callable.
  bool has_head_check() const { return head_check_ != nullptr; }
  // kReadBody when there is no head check.
  [[nodiscard]] HeadDecision OnHead(const Request& request, ResponseWriter& response) const {
    return has_head_check() ? head_check_(request, response) : HeadDecision::kReadBody;
  }

  explicit operator bool() const { return function_ != nullptr; }
  friend bool operator==(const Handler& handler, std::nullptr_t) { return !handler; }
  friend bool operator!=(const Handler& handler, std::nullptr_t) {
    return static_cast<bool>(handler);
  }

 private:
  Function function_;
  HeadCheck head_check_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_HANDLER_H_

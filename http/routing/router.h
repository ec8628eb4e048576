// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Router: a Handler that passes each request to the handler for its method and path.
//
//   Router router;
//   for (const absl::Status& status : {
//            router.Handle(Method::kGet, "/users/{id}", ShowUser),
//            router.Handle(Method::kPut, "/users/{id}", ChangeUser),
//            router.HandleStreaming(Method::kPut, "/files/{path...}", Upload),
//            router.Handle(Method::kGet, "/{path...}", *FileHandler::Create(files)),
//        }) {
//     if (!status.ok()) return status;
//   }
//   auto server = Server::Create(options, router);
//
//   void ShowUser(const Request& request, ResponseWriter& response) {
//     absl::string_view id = *request.PathParameter("id");
//
// Patterns. A pattern is a path, cut at its slashes. Each segment is one of
//   users      a literal, which matches this segment only. Case matters. It may be percent-encoded:
//              "/a%2Fb" is the one segment "a/b".
//   {name}     matches any one segment that is not empty
//   {name...}  matches all segments from here on, at least one, which may be empty:
//              "/files/{path...}" matches "/files/" and "/files/a/b", and does not match "/files".
//              It must be the last segment.
//
// Which route is chosen. Segment by segment a literal goes before {name}, and {name} before
// {name...}. If the rest of the path then does not match, the next best is tried, so that a request
// has a route whenever a pattern matches: with "/a/{x}/c" and "/{y}/b/d", the second matches
// "/a/b/d". Of all patterns that match, this order has one best, in whatever order they were added.
// Path and method decide together: with GET "/a/b" and POST "/a/{x}", a POST to "/a/b" goes to the
// second.
//
// How a path is read. Request::path() has neither dot segments nor repeated slashes
// (http/message/normalize_path.h). It is cut at its slashes first and each segment decoded after, so
// that "/a%2Fb" is one segment (RFC 3986 section 2.2; http/message/uri.h). "/a" and "/a/" are two
// paths; a pattern for one does not match the other, and there is no redirect between them.
//
// What is answered without a route's handler (RFC 9110):
//   400  the path does not begin with a slash, leads above the root or has a malformed escape
//   404  no pattern matches the path
//   405  patterns match the path, none with this method; Allow lists the methods that have a route, in
//        alphabetical order, with the HEAD and OPTIONS that the Router answers itself (sections
//        10.2.1, 15.5.6)
//   204  OPTIONS of a path that has routes, none of them for OPTIONS, with Allow; "OPTIONS *"
//        (section 9.3.7)
//   413  the body is longer than ServerOptions::body_buffer and the route is not streaming; ends the
//        connection, as the rest of the body is not wanted (section 15.5.14)
//   501  CONNECT, which names no path (section 9.3.6); also a method that the server does not know
//        where patterns match the path (section 9.1), with Allow
// A GET route also serves HEAD where there is no HEAD route (section 9.3.2: the server leaves the
// body out).
//
// A path that equals a pattern without wildcards takes one look-up in a hash table. Other paths take
// time in proportion to their length, or, with backtracking, to the number of segments in all
// patterns. Nothing is allocated when the path has no escapes and at most kInlineSegments segments.
//
// Thread-safety: const methods, and so calls, from any thread without locks; not while a route is
// added. Copies are cheap: they share their routes, and a route added to a copy is in that copy only.

#ifndef ROBUSTO_HTTP_ROUTING_ROUTER_H_
#define ROBUSTO_HTTP_ROUTING_ROUTER_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/response.h"

namespace robusto {

class Router {
 public:
  static constexpr size_t kInlineSegments = 16;

  // Each adds a route, or nothing when it returns an error. InvalidArgument: a malformed pattern, a
  // null handler, kConnect, or kOther (which stands for many methods: use HandleAny and check
  // method_name()). AlreadyExists: there is a route for this method and pattern, whatever its
  // wildcards are called. The message names the pattern and says what would be accepted.
  //
  // The handler of Handle gets complete bodies only. That of HandleStreaming checks
  // Request::body_complete() itself.
  absl::Status Handle(Method method, absl::string_view pattern, Handler handler);
  absl::Status HandleStreaming(Method method, absl::string_view pattern, Handler handler);
  // A route for every method that has no route with this pattern: also for unknown methods and
  // OPTIONS, but not for HEAD where there is a GET route.
  absl::Status HandleAny(absl::string_view pattern, Handler handler);
  absl::Status HandleAnyStreaming(absl::string_view pattern, Handler handler);

  void operator()(const Request& request, ResponseWriter& response) const;
  // The head check (http/api/handler.h): refuses what has no route, and a body that is too long for
  // its route, before the body is read; otherwise the route's handler decides.
  HeadDecision OnHead(const Request& request, ResponseWriter& response) const;

 private:
  struct Node;
  struct Route;
  class Matcher;
  struct ExactPaths;

  struct NewRoute {
    absl::string_view pattern;
    bool streaming;
    Handler handler;
  };

  absl::Status AddMethod(Method method, NewRoute route);
  absl::Status Add(Method method, NewRoute route);

  // A trie by segment whose nodes never change: adding a route copies the nodes on its path. So
  // copies of a Router share what they have in common, and no call sees a change. Null: no routes.
  std::shared_ptr<const Node> root_;
  // The nodes of the patterns without wildcards and escapes, by their path: most requests need no
  // search. Null: none. What it points to never changes.
  std::shared_ptr<const ExactPaths> exact_;

  // The route of a pattern that equals the path; null when the trie must be searched.
  const Route* MatchExact(absl::string_view path, Method method) const;
  // Calls `serve` with the route of `request` and what its wildcards stood for. Without a route,
  // answers and returns kRespond.
  template <typename Serve>
  HeadDecision Dispatch(const Request& request, ResponseWriter& response, Serve serve) const;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_ROUTING_ROUTER_H_

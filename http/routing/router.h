// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Router: a Handler that gives each request to the handler of its method and path.
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
// Patterns. A pattern is a path, cut at its slashes; each segment is one of
//   users      a literal: this segment and no other, compared with case. It may be percent-encoded:
//              "/a%2Fb" is the one segment "a/b".
//   {name}     any one segment that is not empty
//   {name...}  all segments from here on, one at the least, which may be empty: "/files/{path...}"
//              is for "/files/" and "/files/a/b", not for "/files". Only at the end.
//
// Which route it is. Segment by segment a literal goes before {name}, and {name} before {name...}.
// When that leads nowhere the next best is tried, so that a request has a route whenever a pattern
// fits it: with "/a/{x}/c" and "/{y}/b/d", "/a/b/d" is the latter's. Patterns never contend: of all
// that fit, this order knows one best, in whatever order they were added. A path and a method
// decide together: with GET "/a/b" and POST "/a/{x}", a POST to "/a/b" is the second's.
//
// How a path is read. The path is the normal one, Request::path(): without dot segments and repeated
// slashes (http/message/normalize_path.h). It is cut at its slashes first and each segment decoded
// after, so that "/a%2Fb" is one segment (RFC 3986 section 2.2; http/message/uri.h). "/a" and "/a/"
// are two paths, and a pattern for one is not for the other. There is no redirect from one to the
// other.
//
// What is answered without a route's handler (RFC 9110):
//   400  the path does not begin with a slash, leads above the root or has a malformed escape
//   404  no pattern fits the path
//   405  patterns fit the path, none with this method; Allow lists all methods that would do, in
//        alphabetical order, with the HEAD and OPTIONS that the Router brings (sections 10.2.1,
//        15.5.6)
//   204  OPTIONS of a path that has routes, none of them for OPTIONS: with Allow; "OPTIONS *"
//        (section 9.3.7)
//   413  the body is longer than ServerOptions::body_buffer and the route is not streaming; ends the
//        connection, as the rest of the body is not wanted (section 15.5.14)
//   501  CONNECT, which names no path (section 9.3.6); patterns fit the path, and the method is one
//        that the server does not know (section 9.1), with Allow
// A route for GET is also for HEAD where there is none for HEAD (section 9.3.2: the server leaves
// the body out).
//
// A path that is a pattern as it stands takes one look into a hash table. Else a match takes time in
// proportion to the path's length, or to the number of segments in all
// patterns if that must be searched, and allocates nothing when the path has no escapes and at most
// kInlineSegments segments.
//
// Thread-safety: const methods, and so calls, from any thread without locks; not while a route is
// added. Copies are cheap: they share their routes, and one added to a copy is in that copy alone.

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

  // Each adds a route or, when it returns an error, nothing. InvalidArgument: a pattern that is
  // none, a null handler, kConnect, or kOther (it stands for many methods: use HandleAny and look
  // at method_name()). AlreadyExists: there is one of this method and pattern, whatever the
  // wildcards are called. The message says which, and what would be right.
  //
  // The handler of Handle sees whole bodies only; that of HandleStreaming looks at
  // Request::body_complete() itself.
  absl::Status Handle(Method method, absl::string_view pattern, Handler handler);
  absl::Status HandleStreaming(Method method, absl::string_view pattern, Handler handler);
  // A route for every method that has none of its own with this pattern, unknown methods, HEAD of a
  // GET route excepted, and OPTIONS too.
  absl::Status HandleAny(absl::string_view pattern, Handler handler);
  absl::Status HandleAnyStreaming(absl::string_view pattern, Handler handler);

  void operator()(const Request& request, ResponseWriter& response) const;
  // The head check (http/api/handler.h): refuses what has no route, and a body that is too long for
  // its route, before the body is read; otherwise the route's handler decides.
  HeadDecision OnHead(const Request& request, ResponseWriter& response) const;

 private:
  struct Node;
  struct Route;
  class Match;
  struct ExactPaths;

  struct NewRoute {
    absl::string_view pattern;
    bool streaming;
    Handler handler;
  };

  absl::Status AddMethod(Method method, NewRoute route);
  absl::Status Add(Method method, NewRoute route);

  // A trie by segment that never changes: to add a route is to make the nodes on its way anew. So
  // copies share what they have in common, and no call sees a change. Null: no routes.
  std::shared_ptr<const Node> root_;
  // The nodes of the patterns that are one path and no other, by that path: most requests need no
  // search. Null: none. Never changes either.
  std::shared_ptr<const ExactPaths> exact_;

  // The route for just this path, null when the trie must be searched.
  const Route* FindExact(absl::string_view path, Method method) const;
  // Calls `serve` with the route of `request` and what its wildcards stood for. Without a route,
  // answers and returns kRespond.
  template <typename Serve>
  HeadDecision Dispatch(const Request& request, ResponseWriter& response, Serve serve) const;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_ROUTING_ROUTER_H_

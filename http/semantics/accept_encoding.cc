// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/accept_encoding.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "robusto/http/message/grammar.h"

namespace robusto {
namespace {

constexpr int kUnnamed = -1;

// A qvalue (RFC 9110 section 12.4.2) in thousandths. False when `text` is malformed.
bool ParseWeight(absl::string_view text, int* weight) {
  if (text.empty() || text.size() > 5) return false;
  if (text[0] != '0' && text[0] != '1') return false;
  if (text.size() > 1 && text[1] != '.') return false;
  int value = (text[0] - '0') * 1000;
  int place = 100;
  for (size_t i = 2; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
    value += (text[i] - '0') * place;
    place /= 10;
  }
  if (value > 1000) return false;
  *weight = value;
  return true;
}

// One element: codings [ OWS ";" OWS "q=" qvalue ].
bool ParseElement(absl::string_view element, absl::string_view* name, int* weight) {
  const size_t semicolon = element.find(';');
  *name = element.substr(0, semicolon);
  while (!name->empty() && IsOptionalWhiteSpace(name->back())) name->remove_suffix(1);
  *weight = 1000;
  if (semicolon == absl::string_view::npos) return true;
  absl::string_view parameter = element.substr(semicolon + 1);
  while (!parameter.empty() && IsOptionalWhiteSpace(parameter.front())) parameter.remove_prefix(1);
  if (!absl::ConsumePrefix(&parameter, "q=") && !absl::ConsumePrefix(&parameter, "Q=")) {
    return false;
  }
  return ParseWeight(parameter, weight);
}

// The weights in the field, in thousandths; kUnnamed for codings that it does not name.
struct Weights {
  int brotli = kUnnamed;
  int gzip = kUnnamed;
  int identity = kUnnamed;
  int others = kUnnamed;

  void Take(absl::string_view element) {
    absl::string_view name;
    int weight;
    if (!ParseElement(element, &name, &weight)) return;
    int* weight_of = nullptr;
    if (name == "*") {
      weight_of = &others;
    } else if (absl::EqualsIgnoreCase(name, "br")) {
      weight_of = &brotli;
    } else if (absl::EqualsIgnoreCase(name, "gzip") || absl::EqualsIgnoreCase(name, "x-gzip")) {
      weight_of = &gzip;
    } else if (absl::EqualsIgnoreCase(name, "identity")) {
      weight_of = &identity;
    } else {
      return;
    }
    *weight_of = *weight_of == kUnnamed ? weight : std::min(*weight_of, weight);
  }
};

}  // namespace

absl::string_view CodingName(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kBrotli:
      return "br";
    case ContentCoding::kGzip:
      return "gzip";
    case ContentCoding::kIdentity:
      break;
  }
  return {};
}

absl::InlinedVector<ContentCoding, 3> PreferredCodings(const Request& request) {
  Weights weights;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const HeaderField field = request.header(i);
    if (!absl::EqualsIgnoreCase(field.name, "Accept-Encoding")) continue;
    absl::string_view list = field.value;
    absl::string_view element;
    while (NextListElement(&list, &element)) weights.Take(element);
  }
  struct Choice {
    ContentCoding coding;
    int weight;
  } choices[] = {{ContentCoding::kBrotli, weights.brotli},
                 {ContentCoding::kGzip, weights.gzip},
                 {ContentCoding::kIdentity, weights.identity}};
  for (Choice& choice : choices) {
    if (choice.weight == kUnnamed) choice.weight = weights.others;
  }
  std::stable_sort(std::begin(choices), std::end(choices),
                   [](const Choice& a, const Choice& b) { return a.weight > b.weight; });

  absl::InlinedVector<ContentCoding, 3> preferred;
  for (const Choice& choice : choices) {
    const bool unnamed_identity =
        choice.weight == kUnnamed && choice.coding == ContentCoding::kIdentity;
    if (choice.weight > 0 || unnamed_identity) preferred.push_back(choice.coding);
  }
  return preferred;
}

}  // namespace robusto

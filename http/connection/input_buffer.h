// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// InputBuffer: what was read from a socket and not yet used. Unlike std::string it does not clear
// the room that recv(2) is about to fill, and taking bytes off its front moves nothing.
//
// Thread-safety: none. Views into it are good until the next Reserve, Erase or Shrink.

#ifndef ROBUSTO_HTTP_CONNECTION_INPUT_BUFFER_H_
#define ROBUSTO_HTTP_CONNECTION_INPUT_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <memory>

#include "absl/strings/string_view.h"

namespace robusto {

class InputBuffer {
 public:
  absl::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  const char* data() const { return data_.get() + begin_; }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // Room for writing, after the bytes that are there.
  char* room() { return data_.get() + end_; }
  size_t room_size() const { return capacity_ - end_; }
  // The first `bytes` of the room have been written.
  void Commit(size_t bytes) { end_ += bytes; }

  // Makes room for view().size() to grow to `bytes` in all.
  void Reserve(size_t bytes) {
    if (capacity_ - begin_ >= bytes) return;
    if (capacity_ >= bytes) {
      std::memmove(data_.get(), data(), size());
    } else {
      std::unique_ptr<char[]> larger(new char[bytes]);
      if (!empty()) std::memcpy(larger.get(), data(), size());
      data_ = std::move(larger);
      capacity_ = bytes;
    }
    end_ -= begin_;
    begin_ = 0;
  }

  // Drops the first `bytes`.
  void Consume(size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // Cuts `bytes` out from `offset` on.
  void Erase(size_t offset, size_t bytes) {
    std::memmove(data_.get() + begin_ + offset, data_.get() + begin_ + offset + bytes,
                 size() - offset - bytes);
    end_ -= bytes;
  }

  // Empties it; gives the memory back when it is more than `keep` bytes.
  void Shrink(size_t keep) {
    begin_ = end_ = 0;
    if (capacity_ <= keep) return;
    data_.reset();
    capacity_ = 0;
  }

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_INPUT_BUFFER_H_

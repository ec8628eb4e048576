// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/timer_wheel.h"

#include <algorithm>

#include "absl/numeric/bits.h"

namespace robusto {

TimerWheel::TimerWheel(int64_t now_ns) : current_tick_(now_ns >> kTickShift) {}

bool TimerWheel::Schedule(Node* node, int64_t at_ns) {
  absl::MutexLock lock(&mu_);
  // Rounded up: a node never fires early.
  int64_t tick = (at_ns >> kTickShift) + 1;
  tick = std::min(std::max(tick, current_tick_ + 1), current_tick_ + kSlots - 1);
  const int64_t fire_ns = tick << kTickShift;
  if (node->scheduled_ns_.load(std::memory_order_relaxed) != kNever) {
    if (node->scheduled_ns_.load(std::memory_order_relaxed) <= fire_ns) return false;
    Unlink(node);
  }
  const uint32_t slot = static_cast<uint32_t>(tick) % kSlots;
  node->slot_ = slot;
  node->previous_ = nullptr;
  node->next_ = slots_[slot];
  if (node->next_ != nullptr) node->next_->previous_ = node;
  slots_[slot] = node;
  occupied_[slot / 64] |= uint64_t{1} << (slot % 64);
  node->scheduled_ns_.store(fire_ns);
  if (fire_ns >= next_fire_ns_.load(std::memory_order_relaxed)) return false;
  next_fire_ns_.store(fire_ns);
  return true;
}

void TimerWheel::Unlink(Node* node) {
  if (node->previous_ != nullptr) {
    node->previous_->next_ = node->next_;
  } else {
    slots_[node->slot_] = node->next_;
    if (node->next_ == nullptr) occupied_[node->slot_ / 64] &= ~(uint64_t{1} << (node->slot_ % 64));
  }
  if (node->next_ != nullptr) node->next_->previous_ = node->previous_;
  node->scheduled_ns_.store(kNever);
}

void TimerWheel::TakeExpired(int64_t now_ns, std::vector<Node*>* expired) {
  if (next_fire_ns_.load() > now_ns) return;
  absl::MutexLock lock(&mu_);
  const int64_t now_tick = now_ns >> kTickShift;
  // After a long sleep one turn of the wheel has seen every slot.
  int64_t tick = std::max(current_tick_ + 1, now_tick - kSlots + 1);
  for (; tick <= now_tick; ++tick) {
    const uint32_t slot = static_cast<uint32_t>(tick) % kSlots;
    while (Node* node = slots_[slot]) {
      Unlink(node);
      expired->push_back(node);
    }
  }
  current_tick_ = std::max(current_tick_, now_tick);
  FindNextFire();
}

void TimerWheel::FindNextFire() {
  // Nothing is scheduled at or before current_tick_, nor kSlots or more after it.
  for (uint32_t distance = 1; distance < kSlots;) {
    const uint32_t slot = static_cast<uint32_t>(current_tick_ + distance) % kSlots;
    const uint64_t rest = occupied_[slot / 64] >> (slot % 64);
    if (rest == 0) {
      distance += 64 - slot % 64;
      continue;
    }
    distance += static_cast<uint32_t>(absl::countr_zero(rest));
    if (distance >= kSlots) break;
    next_fire_ns_.store((current_tick_ + distance) << kTickShift);
    return;
  }
  next_fire_ns_.store(kNever);
}

}  // namespace robusto

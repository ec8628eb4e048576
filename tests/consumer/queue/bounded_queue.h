// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A header of this workspace's own, which robusto's headers must not find in place of theirs.

#error "a header of robusto includes the consumer's queue/bounded_queue.h"

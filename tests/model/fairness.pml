/* Copyright 2026 The robusto authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The dispatcher's fairness rule (workers/dispatcher.h), for Spin: streams, whose tasks come back as soon as
 * they have run, keep the queue from ever being empty, and what comes in from the source is polled and
 * taken all the same. README.md beside this file says which line stands for what.
 *
 * What must hold, where no process that can go on is held back for ever: what has come is polled some time
 * (`polled`), and taken or rejected some time (`served`).
 */

#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef STREAMS
#define STREAMS 1
#endif
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef GAP              /* tasks that are taken within kPollGapNs */
#define GAP 2
#endif

#define NOBODY 0
#define SUPERVISOR 1
#define LEADER_ME (_pid + 2)      /* more than SUPERVISOR */
#define STREAM 0
#define NEWCOMER 1

chan queue = [CAPACITY] of { bit };   /* queue_ */
byte leader;                      /* leader_ */
byte waiting = STREAMS;           /* streams that had no room: offered again after kRetryNanos */
bool arrived;                     /* what the source would return */
bool coming;                      /* it has been offered and not been taken or rejected */
bool moved;                       /* taken_ + polls_ is not progress_seen_ */
byte since_poll;                  /* tasks taken since polled_ns_, up to GAP */

ltl polled { [] (arrived -> <> !arrived) }
ltl served { [] (coming -> <> !coming) }

inline poll() {
  atomic { batch = arrived; arrived = false; since_poll = 0; moved = true };
  if                              /* Admit */
  :: batch ->
    atomic {
      if
      :: nfull(queue) -> queue!NEWCOMER
      :: full(queue) -> coming = false         /* rejected */
      fi
    };
    batch = false
  :: else
  fi
}

proctype Worker() {
  bit task;
  bool batch;
  do
  :: atomic {                     /* TryPop */
       nempty(queue) -> queue?task; moved = true;
       if
       :: since_poll < GAP -> since_poll++
       :: else
       fi
     };
#ifndef BREAK_NO_FAIRNESS_RULE
    if                            /* IsPollOverdue, TakeLead */
    :: atomic { since_poll == GAP && leader == NOBODY -> leader = LEADER_ME };
      poll();
#ifndef BREAK_KEEPS_THE_LEAD
      leader = NOBODY
#endif
    :: else
    fi;
#endif
    atomic {                      /* Run, and Done */
      if
      :: task == NEWCOMER -> coming = false
      :: task == STREAM && nfull(queue) -> queue!STREAM
      :: task == STREAM && full(queue) -> waiting++
      fi;
      task = 0
    }
  :: atomic { empty(queue) && leader == NOBODY -> leader = LEADER_ME };
    if                            /* Lead(infinite) */
    :: empty(queue) ->
      if                          /* Poll returns for an event, and for a stream's next turn */
      :: arrived || waiting > 0 || nempty(queue)
      fi;
      poll()
    :: nempty(queue)
    fi;
    leader = NOBODY
  od
}

proctype Timer() {                /* OnTimer of a stream whose piece was refused: Submit */
  do
  :: atomic { waiting > 0 && nfull(queue) -> waiting--; queue!STREAM }
  od
}

proctype Supervisor() {           /* SupervisorTick once a period */
  bool batch;
  do
  :: moved -> moved = false
  :: atomic { !moved && leader == NOBODY -> leader = SUPERVISOR };
    poll();
    leader = NOBODY
  od
}

proctype Network() {
  do
  :: atomic { !coming -> coming = true; arrived = true }
  od
}

init {
  byte i;
  atomic {
    do
    :: i < WORKERS -> run Worker(); i++
    :: else -> break
    od;
    run Timer();
    run Supervisor();
    run Network()
  }
}

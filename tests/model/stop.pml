/* Copyright 2026 The robusto authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * How a pool stops (workers/pool_stop.cc, ThreadPool::Stop, RequestStop), for Spin: several calls at once, from
 * workers too, while tasks are offered, run, hang and never return. README.md beside this file says which line
 * stands for what, and what each of the names below turns on or breaks.
 *
 * What must hold: every call returns (an end state in which a process is not at its end is an error; only a thread
 * that was abandoned may be), what was drained left nothing in the queue, each task is run to its end, rejected or
 * abandoned, once, and no thread touches a task after its Done. After the stop the owner finishes the event loop
 * (EventLoop::Finish) and frees it: no thread is inside Poll then, or comes back to what is freed.
 */

#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef CAPACITY
#define CAPACITY 1
#endif
#ifndef STOPS            /* calls by threads that are not workers */
#define STOPS 1
#endif
#ifndef FINITE           /* how many of those have a deadline */
#define FINITE 0
#endif

/* REQUEST: a signal handler asks for the stop, and two threads wait to be told. */
/* POLLS: workers poll when the queue is empty. POLL_HANGS: a poll may hang, and come back at any moment. */
/* SUPERVISOR_HANGS: the supervisor is in such a poll when the stop begins. */
/* REJECT_HANGS: the Done of a rejected task hangs in the same way. */

/* Tasks: each offered by a thread of its own. */
#define QUICK 1
#define HANGS 2          /* until it is cancelled */
#define DEAF 3           /* for ever */
#define STOPPER 4        /* calls Stop, with no deadline */
#define DONE_HANGS 5     /* hangs in Done, and comes back at any moment */
#ifndef FIRST
#define FIRST QUICK
#endif
#ifndef SECOND
#define SECOND 0         /* there is none */
#endif

#if defined(POLLS) || defined(SUPERVISOR_HANGS) || defined(REJECT_HANGS) || FIRST == DONE_HANGS
#define OWNER
#endif

#define OFFERS (1 + (SECOND > 0 -> 1 : 0))
#define PIN 16           /* running_ is the task's id, and the pins on it above */

chan queue = [CAPACITY] of { byte };
bool closed;                      /* the queue's */
bool refuses;                     /* admission_ == kStopped */
byte accepted, started, done, rejected;       /* the counters */
byte running[WORKERS];            /* running_ */
bool unpinned[WORKERS];           /* unpinned_ */
bool in_stop[WORKERS];            /* in_stop() */
bool exited[WORKERS];             /* exited() */
bool abandoned[WORKERS];
bool cancelled[WORKERS];          /* the task has been asked to give up */
bool alive[WORKERS];              /* the task is not released */
bool stopping, stopped;           /* stopping_, state_ == kStopped */
bool deadline;                    /* stop_deadline_ns_ is a time, which may have passed at any moment */
bool requested;                   /* stop_requested_ */
bool supervisor_called, supervisor_ended;
bool rejecting, reject_ended;     /* the step that rejects, in a thread of its own */
byte abandoned_threads;           /* StopReport */
byte leader;                      /* leader_: 0, or 1 + the worker, or SUPERVISOR_LEADS */
#define SUPERVISOR_LEADS (WORKERS + 1)
bool hang_over;                   /* what hangs may come back */
bool finishing, freed;            /* the owner is in EventLoop::Finish; has freed what the pool uses */

#define ID(w) (running[w] % PIN)
#define PINS(w) (running[w] / PIN)
#define OVER(w) (exited[w] || in_stop[w])
#if WORKERS > 1
#define ALL_OVER (OVER(0) && OVER(1))
#define IN_STOP ((in_stop[0] && ID(0) > 0 -> 1 : 0) + (in_stop[1] && ID(1) > 0 -> 1 : 0))
#else
#define ALL_OVER OVER(0)
#define IN_STOP (in_stop[0] && ID(0) > 0 -> 1 : 0)
#endif
#ifdef BREAK_OWN_DEADLINE          /* the first call looks at its own, not at the earliest */
#define LATE mine
#else
#define LATE deadline
#endif
#define DRAINED (accepted - started - rejected == 0 && started - done <= IN_STOP)

/* Looks again now and then, and at every Notify: that is, it goes on when there is something to see. */
inline await_drained() {
  do
  :: atomic { saw_started = started; saw_done = done };        /* Stats: each read after what it follows from */
     saw_rejected = rejected;
     saw_accepted = accepted;
     if
     :: saw_accepted - saw_started - saw_rejected == 0 && saw_started - saw_done <= IN_STOP ->
       drained = true; break
     :: else
     fi;
     if
     :: DRAINED
#ifndef BREAK_NO_WORKER_IS_LEFT
     :: ALL_OVER -> drained = DRAINED; break      /* NoWorkerTakesTasks */
#endif
     :: LATE -> break
     fi
  od
}

/* What the last wait is for: the supervisor and the step that rejects, too. */
#define ALL_ENDED (ALL_OVER && supervisor_ended && (!rejecting || reject_ended))
inline await_over() {
  if
  :: ALL_ENDED -> all_over = true
  :: LATE -> skip
  fi
}

inline cancel() {                 /* CancelOn each, WorkerThread::Cancel */
  i = 0;
  do
  :: i < WORKERS && !in_stop[i] ->
    id = ID(i);
    if
    :: id > 0 ->
      atomic {                    /* Pin */
        if
        :: ID(i) == id -> running[i] = running[i] + PIN
        :: else -> goto next
        fi
      }
      cancelled[i] = true;        /* Task::Cancel, which the task may outrun */
      assert(alive[i]);
      atomic {                    /* Unpin */
        running[i] = running[i] - PIN;
        if
        :: running[i] == 0 -> unpinned[i] = true
        :: else
        fi
      }
    :: else
    fi;
next: i++
  :: i < WORKERS && in_stop[i] -> i++
  :: i == WORKERS -> break
  od;
  id = 0
}

/* `me`: the worker that calls, or NO_WORKER. */
#define NO_WORKER WORKERS
inline stop(me, is_finite) {
  mine = is_finite;
  requested = true;
  if
  :: is_finite -> deadline = true
  :: else
  fi;
  if
#ifndef BREAK_WAITS_FOR_ITSELF
  :: me < WORKERS -> in_stop[me] = true        /* EnterStop */
#endif
  :: else
  fi;
  atomic {
    if
    :: stopping -> goto wait
    :: else -> stopping = true; refuses = true
    fi
  };
  drained = false; all_over = false;
  await_drained();
  closed = true;
  supervisor_called = true;       /* Supervisor::RequestExit */
  if
  :: drained -> assert(empty(queue))
  :: else -> rejecting = true     /* BoundedStep: RejectQueued */
  fi;
#ifdef BREAK_STOP_REJECTS_ITSELF
  !rejecting || reject_ended;
#endif
  await_over();
  if
  :: !all_over -> cancel(); await_over()       /* kGentle; kFirm is the same again */
  :: else
  fi;
#ifndef REJECT_HANGS               /* kStopGrace is enough for what does not hang */
  !rejecting || reject_ended;
#endif
#ifdef BREAK_JOINS_SUPERVISOR
  supervisor_ended;
#endif
  atomic {
    i = 0;
    do
    :: i < WORKERS && !OVER(i) ->
      abandoned[i] = true;
#ifdef BREAK_COUNTS_TASKS_ONLY
      if
      :: ID(i) > 0 -> abandoned_threads++
      :: else
      fi;
#else
      abandoned_threads++;
#endif
      i++
    :: i < WORKERS && OVER(i) -> i++
    :: i == WORKERS -> i = 0; break
    od;
    if
    :: !supervisor_ended -> abandoned_threads++
    :: else
    fi;
    if
    :: rejecting && !reject_ended -> abandoned_threads++
    :: else
    fi
  }
  stopped = true;
wait:
  stopped
}

proctype Producer(byte kind) {    /* Dispatcher::Offer */
#ifndef BREAK_COUNT_AFTER_CHECK
  accepted++;
#endif
  if
  :: refuses ->
#ifdef BREAK_COUNT_AFTER_CHECK
    accepted++;
#endif
    rejected++
  :: else ->
#ifdef BREAK_COUNT_AFTER_CHECK
    accepted++;
#endif
    if                            /* Push, which waits for room */
    :: atomic { !closed && nfull(queue) -> queue!kind }
#ifndef BREAK_CLOSE_LEAVES_PRODUCERS
    :: closed -> rejected++
#endif
    fi
  fi
}

proctype Worker(byte me) {
  byte kind, i, id, saw_started, saw_done, saw_rejected, saw_accepted;
  bool drained, all_over, mine;
  do
#ifdef POLLS
  :: atomic { empty(queue) && !closed -> skip };    /* TryPop */
    if
    :: atomic { leader == 0 -> leader = 1 + me };    /* TakeLead */
      if
#ifndef BREAK_POLLS_AFTER_CLOSE
      :: closed
#endif
      :: else ->
        assert(!finishing && !freed);
#ifdef POLL_HANGS
        if
        :: true ->
endInPoll:
          hang_over;
          assert(!finishing && !freed)
        :: true
        fi
#endif
      fi;
      leader = 0
    :: leader != 0
    fi;
    /* Parked, or the poll has come back: something must change before it looks again. */
    nempty(queue) || closed
#endif
  :: atomic { queue?kind -> alive[me] = true };
    started++;
    running[me] = kind;           /* its id: any number that is not 0 */
    if
    :: kind == QUICK
    :: kind == HANGS ->
endHung:
      cancelled[me]
    :: kind == DEAF ->
endDeaf:
      false
    :: kind == DONE_HANGS
    :: kind == STOPPER -> stop(me, false)
    fi;
    atomic {                      /* EndTask */
      id = PINS(me);
      running[me] = running[me] - kind
    };
#ifndef BREAK_NO_WAIT_FOR_PINS
    if
    :: id > 0 -> unpinned[me]; unpinned[me] = false
    :: else
    fi;
#endif
    cancelled[me] = false;
    done++;
    alive[me] = false;            /* Done */
    if
    :: kind == DONE_HANGS ->
endInDone:
      hang_over;
      assert(!freed)
    :: else
    fi;
    atomic { kind = 0; id = 0 }
  :: closed && empty(queue) -> break
  od;
  exited[me] = true
}

proctype Stop(bool is_finite) {
  byte i, id, saw_started, saw_done, saw_rejected, saw_accepted;
  bool drained, all_over, mine;
  stop(NO_WORKER, is_finite)
}

proctype Checker() {               /* when no process can do anything any more */
  timeout ->
    assert(stopped && empty(queue));
    assert((exited[0] || abandoned[0]) && (exited[WORKERS - 1] || abandoned[WORKERS - 1]));
    assert(accepted == done + rejected + (alive[0] -> 1 : 0) + (WORKERS > 1 && alive[WORKERS - 1] -> 1 : 0))
}

proctype SignalHandler() {
  refuses = true;                 /* RequestStop */
  requested = true
}

proctype Main() {                 /* AwaitStopRequest */
  requested -> requested = false;
#ifndef BREAK_REQUEST_IS_SPENT
  requested = true
#endif
}

proctype Supervisor() {
#ifdef SUPERVISOR_HANGS
  leader = SUPERVISOR_LEADS;
  if
  :: closed
  :: else ->
endSupervisorInPoll:
    hang_over;
    assert(!finishing && !freed)
  fi;
  leader = 0;
#endif
  supervisor_called;
  supervisor_ended = true
}

proctype Rejecter() {             /* BoundedStep */
end:
  rejecting;
  do                              /* RejectQueued */
  :: atomic { queue?_ -> rejected++ }
#ifdef REJECT_HANGS
endInReject:
    hang_over;
    assert(!freed)
#endif
  :: empty(queue) -> break
  od;
  reject_ended = true
}

proctype Hang() {                 /* it may end, at any moment */
  if
  :: hang_over = true
  :: true
  fi
}

proctype Owner() {                /* Server::Stop, and its destructor */
  stopped;
#ifndef BREAK_FINISH_WITHOUT_A_LOOK
  if
  :: leader != 0
  :: else ->
#endif
    finishing = true;             /* EventLoop::Finish */
    finishing = false
#ifndef BREAK_FINISH_WITHOUT_A_LOOK
  fi
#endif
  ;
  if
  :: abandoned_threads == 0 -> freed = true
  :: else
  fi
}

init {
  byte i;
  atomic {
    do
    :: i < WORKERS -> run Worker(i); i++
    :: else -> break
    od;
    run Producer(FIRST);
    if
    :: SECOND > 0 -> run Producer(SECOND)
    :: else
    fi;
    i = 0;
    do
    :: i < STOPS -> run Stop(i < FINITE); i++
    :: else -> break
    od;
#ifdef REQUEST
    run SignalHandler(); run Main(); run Main();
#endif
    run Supervisor();
    run Rejecter();
#ifdef OWNER
    run Owner();
    run Hang();
#endif
    run Checker()
  }
}

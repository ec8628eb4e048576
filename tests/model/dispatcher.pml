/* Copyright 2026 The robusto authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The dispatcher's protocol (workers/dispatcher.h): leader, park, wake, watch, retire and close, for
 * Spin, which tries every order in which its steps can happen. README.md beside this file says which
 * line stands for what, what is left out, and what each of the names below turns on or breaks.
 *
 * What must hold: nobody is stuck (an end state in which a process is not at its end is an error), and
 * at the end every task has been taken or rejected, once (the assertion in Closer).
 */

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef ARRIVALS          /* tasks that come through the work source; 0: there is none */
#define ARRIVALS 0
#endif
#ifndef CAPACITY
#define CAPACITY 1
#endif
#ifndef WATCH_QUEUE       /* tasks may expire: the supervisor looks at the queue */
#define WATCH_QUEUE 0
#endif
#ifndef RETIREMENTS
#define RETIREMENTS 0
#endif

#ifdef POLL_HANGS                 /* the first poll that waits never returns */
bool may_hang = true;
byte hung;
#define HUNG hung
#else
#define HUNG 0
#endif

#ifdef POLL_HANGS
#define SOURCE true
#else
#define SOURCE (ARRIVALS > 0)
#endif
#define NO_LEADER 0
#define SUPERVISOR 1
#define LEADER_ME (_pid + 2)      /* more than SUPERVISOR */

byte queued;                      /* queue_ */
bool closed;                      /* the queue's, and closed_ */
bool stopped;                     /* admission_ == kStopped */
byte leader;                      /* leader_ */
bool on_stack[WORKERS];           /* parked_ */
byte parked;                      /* parked_count_ */
bool permit[WORKERS];             /* each ParkedWorker's Parker */
byte waking;                      /* waking_ */
byte threads = WORKERS;           /* threads_ */
bool watching, supervisor_permit;  /* watching_, supervisor_parker_ */
byte retirements;                 /* pending_exits_ */
byte arrived;                     /* what the source would return */
bool interrupted;                 /* its eventfd */
bool ending;                      /* the supervisor must end */

/* Not of the dispatcher: to know when the test is over, and that all is accounted for. */
byte offered, taken, rejected, sources_done, ended;
bool supervisor_ended;

#define VACANT (SOURCE && leader == NO_LEADER)
#ifdef BREAK_NO_VACANCY_RULE
#define MAY_LEAD false
#else
#define MAY_LEAD VACANT
#endif
#define NEEDS_WATCH (queued > 0 || VACANT)
/* What the source keeps while the poll hangs is not lost by the dispatcher. */
#define ACCOUNTED (taken + rejected + (HUNG > 0 -> arrived : 0) == offered)

inline wake_supervisor() {
  supervisor_permit = true;
  if
  :: leader == SUPERVISOR -> interrupted = true
  :: else
  fi
}

inline ensure_watched() {
  if
  :: watching
  :: else ->
    atomic {                      /* exchange */
      if
      :: !watching -> watching = true; woke = true
      :: else -> woke = false
      fi
    };
    if
    :: woke -> wake_supervisor()
    :: else
    fi
  fi
}

/* Under mu_. Whoever is on the stack may be the one: the order on it is for speed. */
inline wake_one(woke) {
  atomic {
    woke = false;
    if
    :: on_stack[0] -> seat = 0; woke = true
#if WORKERS > 1
    :: on_stack[1] -> seat = 1; woke = true
#endif
#if WORKERS > 2
    :: on_stack[2] -> seat = 2; woke = true
#endif
    :: parked == 0
    fi;
    if
    :: woke -> on_stack[seat] = false; parked--; waking++
    :: else
    fi
  }
  if
  :: woke -> permit[seat] = true  /* Unpark, without the lock */
  :: else
  fi
}

inline wake_all() {
  do
  :: wake_one(woke);
     if
     :: woke
     :: else -> break
     fi
  od
}

inline wake_if_worth_it() {
  atomic { saw_parked = parked; saw_leader = leader; backlog = queued; vacant = VACANT };
  wake_if_worth_it_seen()
}

inline wake_if_worth_it_seen() {
  enough = false;
  if
  :: saw_parked == 0 ->
    if
    :: backlog > 0 && (saw_leader > SUPERVISOR ||
                       (saw_leader == SUPERVISOR && WATCH_QUEUE && backlog == 1)) -> interrupted = true
    :: else
    fi
  :: saw_parked > 0 && waking > 0
  :: saw_parked > 0 && waking == 0 ->
    if
    /* no_other_can */
    :: backlog > 0 && threads <= saw_parked + (saw_leader > SUPERVISOR -> 1 : 0) ->
      wake_one(woke); enough = woke
    /* `slow` and `pays` are guesses: they may say either. */
    :: else ->
      if
      :: backlog > 0 || vacant -> wake_one(woke); enough = woke
      :: true
      fi
    fi;
    enough = enough && (!WATCH_QUEUE || backlog <= 1) && !vacant
  fi;
  if
  :: !enough && (vacant || (backlog > 0 && (saw_parked > 0 || WATCH_QUEUE))) -> ensure_watched()
  :: else
  fi
}

inline try_push() {               /* CheckAdmission, then BoundedQueue::TryPush */
  if
  :: stopped -> rejected++
  :: else ->
    atomic {
      if
      :: !closed && queued < CAPACITY -> queued++
      :: else -> rejected++
      fi
    }
  fi
}

inline poll() {                   /* returns when something is there, or after Interrupt */
#ifdef POLL_HANGS
  if
  :: atomic { may_hang -> may_hang = false; hung = 1 };
endHung:
    false
  :: else
  fi;
#endif
  atomic { arrived > 0 || interrupted -> batch = arrived; arrived = 0; interrupted = false }
}

inline look() {                   /* a poll that does not wait */
  atomic { batch = arrived; arrived = 0; interrupted = false }
}

inline admit() {
  do
  :: batch > 0 -> batch--; try_push()
  :: else -> break
  od
}

proctype Producer() {
  byte seat, saw_parked, saw_leader, backlog;
  bool woke, enough, vacant;
  atomic { offered++ };
#ifdef BREAK_LOOK_BEFORE_PUSH
  saw_parked = parked; saw_leader = leader; backlog = 1; vacant = VACANT;
  try_push();
  wake_if_worth_it_seen();
#else
  try_push();
  wake_if_worth_it();
#endif
  sources_done++
}

proctype Network() {              /* an event comes */
  atomic { offered++; arrived++; sources_done++ }
}

proctype Worker(byte me) {
  byte seat, saw_parked, saw_leader, backlog, batch;
  bool woke, enough, vacant;
take:
  atomic {                        /* What nobody needs any more tells no states apart. */
    seat = 0; saw_parked = 0; saw_leader = 0; backlog = 0; batch = 0;
    woke = false; enough = false; vacant = false;
    if                            /* TakeExitRequest */
    :: retirements > 0 -> retirements--; goto leave
    :: else
    fi
  }
  atomic {                        /* BoundedQueue::TryPop */
    if
    :: queued > 0 -> queued--; taken++; goto running
    :: queued == 0 && closed -> goto leave
    :: else
    fi
  }
  if
  :: VACANT ->
    atomic {                      /* compare_exchange */
      if
      :: leader == NO_LEADER -> leader = LEADER_ME; goto lead
      :: else
      fi
    }
  :: else
  fi;
  atomic { on_stack[me] = true; parked++ }     /* Park */
#ifndef BREAK_NO_LOOK_AFTER_PARKING
  if                              /* HasReasonToStayAwake */
  :: queued > 0 || closed || retirements > 0 || VACANT -> goto unseat
  :: else
  fi;
#endif
  goto sleep;
unseat:
  atomic {
    if
    :: on_stack[me] -> on_stack[me] = false; parked--; goto take
    :: else
    fi
  }
sleep:
  if
  :: leader == SUPERVISOR -> interrupted = true
  :: else
  fi;
  permit[me] -> permit[me] = false;            /* Parker::Park */
  waking--;
  goto take;
lead:
#ifndef BREAK_NO_LOOK_BEFORE_POLL
  if
  :: queued > 0 || closed || retirements > 0 -> goto led
  :: else
  fi;
#endif
  poll();
  admit();
led:
  leader = NO_LEADER;
  goto take;
running:
#ifdef BREAK_WAKE_BEFORE_FAIRNESS_POLL
  wake_if_worth_it();
#endif
  if
  :: VACANT && !closed ->
    if
    :: true ->                    /* IsPollOverdue */
      atomic {                    /* TakeLead: compare_exchange */
        if
        :: leader == NO_LEADER -> leader = LEADER_ME
        :: else -> goto polled
        fi
      }
      look();
      admit();
      leader = NO_LEADER
    :: true
    fi
  :: else
  fi;
polled:
#ifndef BREAK_WAKE_BEFORE_FAIRNESS_POLL
  wake_if_worth_it();
#endif
#ifdef BLOCKING
  /* The handler waits for something that needs the source to be polled. */
  arrived == 0 && sources_done == PRODUCERS + ARRIVALS;
#endif
#ifdef BLOCKING_FOR_OTHERS
  /* The handler waits for all other tasks to have begun. */
  sources_done == PRODUCERS + ARRIVALS && ACCOUNTED;
#endif
  goto take;
leave:
  threads--;
  if
  :: NEEDS_WATCH ->
    wake_one(woke);
    if
    :: woke
    :: else -> ensure_watched()
    fi
  :: else
  fi;
  ended++
}

proctype Supervisor() {
  byte seat, batch;
  bool woke, awake, waits;
  do
  :: ending -> break
  :: supervisor_permit -> supervisor_permit = false; awake = true
  /* A period has passed. Ticks that do nothing are left out: going on doing nothing is being stuck. */
  :: (watching || awake) && NEEDS_WATCH && !closed && waking == 0 && (parked > 0 || MAY_LEAD) ->
    wake_one(woke);
    if
    :: woke
    :: else ->                    /* LeadForBlockedWorkers */
      atomic {
        if
        :: VACANT -> leader = SUPERVISOR
        :: else -> goto next
        fi
      }
      do
      :: closed -> break
      :: else ->
        waits = !(parked > 0 || ending);       /* SupervisorPollTimeout */
        if
        :: waits -> poll(); admit()
        :: else -> look(); admit(); break
        fi
      od;
      leader = NO_LEADER;
      wake_one(woke)
    fi;
next: atomic { seat = 0; batch = 0; woke = false; waits = false }
  /* StartMaintenance, and then SupervisorWait: it parks without a time if there is nothing to watch. While there is, the
     supervisor stays awake either way, so that is left out. */
  :: (watching || awake) && (!NEEDS_WATCH || closed) ->
    watching = false;
    awake = NEEDS_WATCH && !closed
  od;
  supervisor_ended = true
}

proctype Manager() {              /* Dispatcher::RequestExits */
  byte seat, left = RETIREMENTS;
  bool woke;
  do
  :: left > 0 ->
    left--;
    retirements++;
    if
    :: SOURCE && leader != NO_LEADER -> interrupted = true
    :: else
    fi;
    wake_all()
  :: else -> break
  od
}

proctype Closer() {               /* ThreadPool::Stop */
  byte seat;
  bool woke;
#ifdef DEADLINE
  skip;                           /* it passes at any moment */
  stopped = true;
#else
  sources_done == PRODUCERS + ARRIVALS && (arrived == 0 || HUNG > 0) && ACCOUNTED;
  stopped = true;
#endif
  closed = true;
#ifndef BREAK_CLOSE_WAKES_NO_WORKER
  interrupted = true;
  wake_all();
#endif
  do                              /* RejectQueued */
  :: atomic { queued > 0 -> queued--; rejected++ }
  :: queued == 0 -> break
  od;
  ending = true;                  /* Supervisor::RequestExit */
  wake_supervisor();
  /* All end, but for a thread that hangs, which is abandoned. */
  ended + (supervisor_ended -> 1 : 0) + HUNG == WORKERS + 1;
  /* EventLoop::Finish: what the source still has, and producers that offer now. */
  sources_done == PRODUCERS + ARRIVALS;
  atomic { rejected = rejected + arrived; arrived = 0 };
  assert(queued == 0);
  assert(ACCOUNTED)
}

init {
  byte i;
  atomic {
    i = 0;
    do
    :: i < WORKERS -> run Worker(i); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < PRODUCERS -> run Producer(); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < ARRIVALS -> run Network(); i++
    :: else -> break
    od;
    run Supervisor();
    run Closer();
    if
    :: RETIREMENTS > 0 -> run Manager()
    :: else
    fi
  }
}

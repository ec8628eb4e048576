// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The second part of the status page's script, after status_chart.js: the layout of the data, and the
// requests to the server.

const POLL_MS = 1000;
const LATENCY_WINDOW = 5;

// Tiles.

function makeTile(name, withMeter) {
  const tile = { value: el("span"), unit: el("small"), note: el("div", { class: "note" }) };
  tile.box = el("div", { class: "panel tile" }, el("div", { class: "name", text: name }),
    el("div", { class: "value" }, tile.value, tile.unit));
  if (withMeter) {
    tile.part = svg("rect", { class: "part", height: 6, rx: 3, width: 0 });
    tile.meter = svg("svg", { class: "meter", "aria-hidden": "true" },
      svg("rect", { class: "all", height: 6, rx: 3, width: "100%" }), tile.part);
    tile.box.append(tile.meter);
  }
  tile.box.append(tile.note);
  $("tiles").append(tile.box);
  return tile;
}
function setTile(tile, value, unit, note, share) {
  setText(tile.value, value);
  setText(tile.unit, unit);
  setText(tile.note, note);
  if (share === undefined) return;
  tile.part.setAttribute("width", `${Math.min(100, 100 * share)}%`);
  tile.meter.classList.toggle("high", share >= 0.8);
}
const tiles = {
  busy: makeTile("Busy workers", true),
  queue: makeTile("Queue", true),
  rate: makeTile("Throughput"),
  latency: makeTile("Service time p99"),
  wait: makeTile("Queue wait p99"),
  shed: makeTile("Refused"),
};

const charts = [
  new Chart("Throughput, per second", [
    { name: "completed", of: (h) => h.completed },
    { name: "refused", of: (h) => h.shed },
    { name: "failed", of: (h) => h.failed },
  ], count, false),
  new Chart(`Latency over ${LATENCY_WINDOW} s`, [
    { name: "service p50", of: (h) => h.p50 },
    { name: "p99", of: (h) => h.p99 },
    { name: "wait p99", of: (h) => h.wait },
  ], duration, true),
  new Chart("Workers and queue", [
    { name: "busy", of: (h) => h.busy },
    { name: "queued", of: (h) => h.queued },
    { name: "workers", of: (h) => h.threads },
  ], count, false),
];

// Received snapshots.

let latest = null;
const recent = [];

function record(status) {
  const before = recent[recent.length - 1];
  // The totals fell: another process answers, so discard the old samples.
  if (before !== undefined && (status.accepted < before.accepted || status.uptime_s < before.uptime_s)) {
    recent.length = 0;
    samples.length = 0;
  }
  recent.push(status);
  if (recent.length > LATENCY_WINDOW + 1) recent.shift();
  if (recent.length < 2) return;
  const last = recent[recent.length - 2];
  const first = recent[0];
  const seconds = Math.max(1e-3, status.uptime_s - last.uptime_s);
  samples.push({
    at: Date.now(),
    completed: (status.completed - last.completed) / seconds,
    failed: (status.failed - last.failed) / seconds,
    shed: (shed(status) - shed(last)) / seconds,
    p50: percentile(status.bounds_s, first.service_time, status.service_time, 0.5),
    p99: percentile(status.bounds_s, first.service_time, status.service_time, 0.99),
    wait: percentile(status.bounds_s, first.queue_wait, status.queue_wait, 0.99),
    busy: status.busy,
    threads: status.threads,
    queued: status.queue_size,
  });
  if (samples.length > SAMPLES) samples.shift();
}

function showState(text, style) {
  setText($("state"), text);
  $("state").className = `badge ${style}`;
}

function showTiles(s) {
  const now = samples[samples.length - 1];
  const extra = [];
  if (s.retiring > 0) extra.push(`${s.retiring} retiring`);
  if (s.stuck > 0) extra.push(`${s.stuck} stuck`);
  if (s.abandoned > 0) extra.push(`${s.abandoned} abandoned`);
  setTile(tiles.busy, String(s.busy), ` of ${s.threads}`,
    extra.length > 0 ? extra.join(", ") : `${bounds(s)} allowed`, s.threads === 0 ? 0 : s.busy / s.threads);
  tiles.busy.box.classList.toggle("bad", s.stuck > 0 || s.abandoned > 0);
  setTile(tiles.queue, count(s.queue_size), ` of ${count(s.queue_capacity)}`,
    s.queue_size === 0 ? "no requests wait" : "requests wait", s.queue_size / s.queue_capacity);
  setTile(tiles.rate, now === undefined ? "–" : count(now.completed), " /s",
    `${count(s.completed)} since start`);
  setTile(tiles.latency, duration(now === undefined ? null : now.p99), "",
    `last minute ${duration(s.recent_60s.service_time.p99_s)}, since start ${duration(s.service_time.p99_s)}`);
  setTile(tiles.wait, duration(now === undefined ? null : now.wait), "",
    `last minute ${duration(s.recent_60s.queue_wait.p99_s)}, since start ${duration(s.queue_wait.p99_s)}`);
  setTile(tiles.shed, now === undefined ? "–" : count(now.shed), " /s",
    `${count(shed(s))} refused, ${count(s.failed)} failed`);
  tiles.shed.box.classList.toggle("alarm", now !== undefined && now.shed > 0);
}

function workerRow(w) {
  const notes = [w.phase, w.peer, w.request_id].filter((text) => text !== "");
  const row = el("li", { class: w.state }, el("span", { class: "muted", text: String(w.id) }),
    el("div", { class: "what" }, el("code", { text: w.label === "" ? "a task" : w.label }),
      el("span", { class: "note", text: notes.join(" · ") })),
    el("span", { class: "age", text: duration(w.age_s) }));
  if (latest.may === "operate") {
    // Cancel gently first, and firmly at the second click.
    const level = cancelled.has(w.task_id) ? "firm" : "gentle";
    row.append(el("button", { type: "button", class: "small", "data-task": w.task_id, "data-level": level,
      text: level === "firm" ? "Force" : "Cancel" }));
  }
  return row;
}

function idleRow(workers) {
  return el("li", { class: "idle" }, `${workers.length} idle`, ...workers.map((w) =>
    el("span", { class: "chip", text: `${w.id}: ${count(w.completed)} done` })));
}

// Does not rebuild the list while a button is pressed, and keeps the focus on the same button.
function showWorkers(s) {
  if ($("workers").matches(":active")) return;
  const task = document.activeElement?.dataset?.task;
  const idle = s.workers.filter((w) => w.state === "idle");
  $("workers").replaceChildren(...s.workers.filter((w) => w.state !== "idle").map(workerRow),
    ...(idle.length > 0 ? [idleRow(idle)] : []));
  if (task !== undefined) $("workers").querySelector(`[data-task="${CSS.escape(task)}"]`)?.focus();
}

const KINDS = {
  start: (e) => `${some(e.count, "worker")} started`,
  grow: (e) => `${some(e.count, "worker")} added on request`,
  auto_grow: (e) => `${some(e.count, "worker")} added: a request had waited ${duration(e.oldest_wait_s)}`,
  shrink: (e) => `${some(e.count, "worker")} removed on request`,
  trim: (e) => `${some(e.count, "idle worker")} removed`,
  resize: (e) => `bounds moved to ${bounds(e)}`,
  revert: (e) => `resize not confirmed: bounds back to ${bounds(e)}`,
  confirm: (e) => `bounds ${bounds(e)} confirmed`,
  drain: () => "new requests are refused",
  resume: () => "new requests are accepted again",
  respawn: (e) => `${some(e.count, "worker")} replaced`,
  reject: (e) => `${e.count} refused: ${e.text}`,
  cancel: (e) => `request ${e.task_id} cancelled (${e.text})`,
  stuck: (e) => `request ${e.task_id} is stuck on worker ${e.worker_id}`,
  worker_died: (e) => `worker ${e.worker_id} died: ${e.text}`,
};
const WARNINGS = ["start_failed", "worker_died", "reject", "stuck"];

function eventRow(e) {
  const text = (KINDS[e.kind] ?? (() => e.text))(e);
  return el("li", {},
    el("time", { class: "muted", text: new Date(e.time_ms).toLocaleTimeString([], { hour12: false }),
      datetime: new Date(e.time_ms).toISOString() }),
    el("div", { class: "what" },
      el("span", { class: WARNINGS.includes(e.kind) ? "kind warn" : "kind", text: e.kind.replaceAll("_", " ") }),
      ` ${text}`, el("span", { class: "note", text: `${some(e.target_threads, "worker")}, ${e.queue_size} queued` })));
}

let shownEvent = 0;

function show(s) {
  latest = s;
  record(s);
  showState(s.state, s.state);
  document.title = `${s.busy}/${s.threads} busy – robusto`;
  const facts = [`up ${duration(s.uptime_s)}`, some(s.accepted, "request")];
  if (s.connections_open !== undefined) facts.push(some(s.connections_open, "connection"));
  const revert = s.pending_revert;
  if (revert) facts.push(`bounds return to ${bounds(revert)} in ${duration(revert.remaining_s)}`);
  setText($("facts"), facts.join(" · "));
  showTiles(s);
  for (const chart of charts) chart.draw();

  const more = s.workers_total - s.workers.length;
  setText($("workers-count"), more > 0 ? `${s.workers.length} of ${s.workers_total}` : String(s.workers_total));
  showWorkers(s);
  const newest = s.events.length === 0 ? 0 : s.events[s.events.length - 1].sequence;
  if (newest !== shownEvent) $("events").replaceChildren(...s.events.map(eventRow).reverse());
  shownEvent = newest;
  showControls(s);
}

// Requests to the server.

const cancelled = new Set();
const storedToken = () => sessionStorage.getItem("robusto-token") ?? "";
const headers = () => (storedToken() === "" ? {} : { Authorization: `Bearer ${storedToken()}` });

function notice(text) {
  setText($("notice"), text);
  $("notice").hidden = text === "";
}

async function poll() {
  try {
    const answer = await fetch("status.json",
      { headers: headers(), cache: "no-store", signal: AbortSignal.timeout(5000) });
    $("key").hidden = answer.status !== 401 && storedToken() === "";
    if (answer.status === 401) {
      showState("token needed", "");
      $("token").hidden = false;
      notice(storedToken() === "" ? "" : "The server rejects this token.");
    } else if (!answer.ok) {
      showState("unreachable", "unreachable");
      notice(`${answer.status}: ${await answer.text()}`);
    } else {
      const status = await answer.json();
      notice("");
      show(status);
    }
  } catch (error) {
    showState("unreachable", "unreachable");
    notice(`The server does not answer; the data below is the last received. (${error.message})`);
  }
  setTimeout(poll, POLL_MS);
}

async function change(path, parameters) {
  try {
    const answer = await fetch(`${path}?${new URLSearchParams(parameters)}`,
      { method: "POST", headers: headers(), cache: "no-store" });
    const text = (await answer.text()).trim();
    setText($("answer"), text);
    return answer.ok;
  } catch (error) {
    setText($("answer"), error.message);
    return false;
  }
}

let editing = false;

function showControls(s) {
  $("controls").hidden = s.may !== "operate";
  $("drain").disabled = s.state !== "running";
  $("resume").disabled = s.state !== "draining";
  if (editing) return;
  $("min").value = s.min_threads;
  $("max").value = s.max_threads ?? "";
}

$("controls").addEventListener("input", () => { editing = true; });
$("controls").addEventListener("submit", async (event) => {
  event.preventDefault();
  const ok = await change("resize", { min: $("min").value, max: $("max").value, generation: latest.generation });
  if (ok) editing = false;
});
$("drain").addEventListener("click", () => {
  if (confirm("Refuse new requests and finish the current ones?")) change("drain", {});
});
$("resume").addEventListener("click", () => change("resume", {}));
$("workers").addEventListener("click", async (event) => {
  const { task, level } = event.target.dataset;
  if (task !== undefined && await change("cancel", { task, level })) cancelled.add(task);
});
$("key").addEventListener("click", () => { $("token").hidden = !$("token").hidden; });
$("token").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("robusto-token", $("token-text").value.trim());
  $("token-text").value = "";
  $("token").hidden = true;
});
$("forget").addEventListener("click", () => {
  sessionStorage.removeItem("robusto-token");
  $("token").hidden = true;
});
addEventListener("resize", () => { for (const chart of charts) chart.draw(); });
poll();

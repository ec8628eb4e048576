// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The first part of the status page's script: elements, number formats and charts.
//
// Data from the server is untrusted, because clients choose the paths of requests: it is inserted as text
// and numbers, never as HTML. The page's policy (trusted-types 'none') enforces this.
"use strict";

const SAMPLES = 180;
const SAMPLES_AT_FIRST = 60;
const SVG = "http://www.w3.org/2000/svg";
const $ = (id) => document.getElementById(id);

// Elements.

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
const el = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);
const svg = (tag, properties = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), properties, children);
const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// Number formats.

function count(n) {
  if (n < 10000) return String(Math.round(n * (n < 10 ? 10 : 1)) / (n < 10 ? 10 : 1));
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (n >= size) return (n / size).toPrecision(3) + " " + unit;
  }
}
const some = (n, thing) => `${count(n)} ${thing}${n === 1 ? "" : "s"}`;
function duration(s) {
  if (s === null || s === undefined) return "–";
  if (s === 0) return "0";
  if (s < 1e-3) return `${Number((s * 1e6).toPrecision(3))} µs`;
  if (s < 1) return `${Number((s * 1e3).toPrecision(3))} ms`;
  if (s < 60) return `${s.toFixed(s < 10 ? 1 : 0)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}
const bounds = (status) => `${status.min_threads} to ${status.max_threads ?? "any"}`;
const shed = (s) => s.expired + s.rejected_queue_full + s.rejected_draining + s.rejected_stopped;

// The percentile `part` (0 to 1) of the durations counted between two snapshots; null if there are none.
function percentile(limits, from, to, part) {
  const all = to.count - from.count;
  if (all <= 0) return null;
  const rank = part * all;
  for (let i = 0; i < limits.length; ++i) {
    if (to.up_to[i] - from.up_to[i] >= rank) return limits[i];
  }
  return to.max_s;
}

// Charts: line charts of the samples of the last three minutes.

const samples = [];

class Chart {
  constructor(title, series, format, logarithmic) {
    this.series = series;
    this.format = format;
    this.logarithmic = logarithmic;
    this.at = null;
    this.values = series.map(() => el("b"));
    this.when = el("span", { class: "muted" });
    const legend = el("ul", { class: "legend" }, ...series.map((line, i) =>
      el("li", {}, svg("svg", { "aria-hidden": "true" },
        svg("line", { class: `c${i}`, x1: 0, x2: 14, y1: 4, y2: 4 })), line.name, this.values[i])));
    this.plot = svg("svg", { role: "img", "aria-label": title });
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerleave", () => { this.at = null; this.draw(); });
    $("charts").append(el("div", { class: "panel chart" }, el("h2", { text: title + " " }, this.when),
      legend, this.plot));
  }

  // The number of samples that fit on the axis; the newest is at the right end.
  span() { return Math.max(SAMPLES_AT_FIRST, samples.length); }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    const span = this.span();
    const i = Math.round((event.clientX - box.left) / box.width * (span - 1)) - (span - samples.length);
    this.at = i >= 0 && i < samples.length ? i - samples.length : null;
    this.draw();
  }

  range() {
    const all = samples.flatMap((h) => this.series.map((line) => line.of(h))).filter((v) => v !== null);
    const max = Math.max(...all, 0);
    if (this.logarithmic) {
      const positive = all.filter((v) => v > 0);
      return { low: 10 ** Math.floor(Math.log10(Math.min(...positive, 1e-3))),
        high: 10 ** Math.ceil(Math.log10(Math.max(max, 1e-3) * 1.0001)) };
    }
    const step = 10 ** Math.floor(Math.log10(Math.max(max, 1)));
    // Multiples whose half, the middle grid line, is a whole number too (except for 1).
    const high = [1, 2, 4, 10].map((k) => k * step).find((v) => v >= max);
    return { low: 0, high: Math.max(high, 2) };
  }

  draw() {
    const { width, height } = this.plot.getBoundingClientRect();
    if (width === 0) return;
    const top = 16;
    const { low, high } = this.range();
    const span = this.span();
    const x = (i) => width * (i + span - samples.length) / (span - 1);
    const part = (v) => this.logarithmic
      ? Math.log(Math.max(v, low) / low) / Math.log(high / low) : (v - low) / (high - low);
    const y = (v) => height - 1 - part(v) * (height - top - 1);

    const parts = [];
    const marks = this.logarithmic ? [] : [low, (low + high) / 2, high];
    const decades = Math.round(Math.log10(high / low));
    for (let d = 0; this.logarithmic && d <= decades; d += decades > 4 ? 2 : 1) marks.push(low * 10 ** d);
    for (const mark of marks) {
      parts.push(svg("line", { class: "grid", x1: 0, x2: width, y1: y(mark), y2: y(mark) }));
      parts.push(svg("text", { x: 0, y: y(mark) - 4, text: this.format(mark) }));
    }
    const at = this.at === null ? samples.length - 1 : samples.length + this.at;
    if (this.at !== null && at >= 0) {
      parts.push(svg("line", { class: "cursor", x1: x(at), x2: x(at), y1: top, y2: height }));
    }
    // Draw the first series last, on top of the others.
    for (let s = this.series.length - 1; s >= 0; --s) {
      let points = [];
      for (let i = 0; i <= samples.length; ++i) {
        const value = i < samples.length ? this.series[s].of(samples[i]) : null;
        if (value !== null) {
          points.push(`${x(i).toFixed(1)},${y(value).toFixed(1)}`);
        } else if (points.length > 0) {
          // A line from a point to itself draws a dot.
          if (points.length === 1) points.push(points[0]);
          parts.push(svg("polyline", { class: `c${s}`, points: points.join(" ") }));
          points = [];
        }
      }
    }
    this.plot.replaceChildren(...parts);
    const sample = samples[at];
    this.series.forEach((line, i) => {
      const value = sample === undefined ? null : line.of(sample);
      setText(this.values[i], value === null ? "–" : this.format(value));
    });
    setText(this.when, this.at === null ? "" : `${Math.round((Date.now() - sample.at) / 1000)} s ago`);
  }
}

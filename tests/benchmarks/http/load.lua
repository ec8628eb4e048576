-- Copyright 2026 The robusto authors.
-- SPDX-License-Identifier: Apache-2.0
--
-- What wrk sends and, in the end, one line for a program to read (wrk_output.py).
--
--   wrk ... -s load.lua URL [-- --pipeline=N] [--body=BYTES]

function init(arguments)
  local pipeline = 1
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^%-%-(%a+)=(%d+)$")
    if name == "pipeline" then
      pipeline = tonumber(value)
    elseif name == "body" then
      wrk.method = "POST"
      wrk.body = string.rep("x", tonumber(value))
      wrk.headers["Content-Type"] = "application/octet-stream"
    end
  end
  if pipeline > 1 then
    -- A function called request is called for each batch; without one wrk repeats the request it has.
    local batch = string.rep(wrk.format(), pipeline)
    request = function() return batch end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "wrk: requests=%d duration_us=%d bytes=%d connect=%d read=%d write=%d status=%d timeout=%d " ..
    "mean_us=%.1f p50_us=%d p90_us=%d p99_us=%d max_us=%d\n",
    summary.requests, summary.duration, summary.bytes, errors.connect, errors.read, errors.write,
    errors.status, errors.timeout, latency.mean, latency:percentile(50), latency:percentile(90),
    latency:percentile(99), latency.max))
end

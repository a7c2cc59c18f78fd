-- Five different messages a request, from the bodies that bench.service wrote (one JSON body a line, the file named in
-- LUREWATCH_BODIES).

local bodies = {}
local place = 0

function init(args)
  for line in io.lines(os.getenv("LUREWATCH_BODIES")) do
    bodies[#bodies + 1] = line
  end
  wrk.method = "POST"
  wrk.path = os.getenv("LUREWATCH_PATH")
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  place = place % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[place])
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    "figures %d requests %d microseconds %d failed %d p50 %d p99\n",
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end

-- wrk's side of a run: every request with the next citizen's token, one line of JSON at the end.
local requests, place = {}, 0

function init()
  local tokens = {}
  for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
  for number, token in ipairs(tokens) do
    requests[number] = wrk.format("POST", "/graphql", {
      ["content-type"] = "application/json",
      ["accept"] = "application/json",
      ["authorization"] = "Bearer " .. token,
      ["host"] = "127.0.0.1",
    }, os.getenv("BODY"))
  end
  math.randomseed(os.time())
  place = math.random(#requests)
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'JSON{"requests":%d,"seconds":%f,"bytes":%d,"p50_ms":%f,"p99_ms":%f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.timeout + errors.connect + errors.read + errors.write))
end

import OrchestratorCore
import Providers
import Synchronization

/// A service that keeps batches, in OpenAI's way or Anthropic's. It bills what it was given, whatever the other side saw
/// of the answer.
final class BatchServer: Sendable {
    /// What becomes of one item.
    enum Fate: Sendable {
        case answered
        case failed(Int)
        case expired
        case cancelled
        case missing
        case twice
        case cutLine
    }

    /// How the creation of a batch is answered, after the batch was made or instead of it.
    enum Submission: Sendable {
        case taken, takenAndReset, takenAndGarbled
        case refused(Int)
    }

    struct Batch: Sendable {
        let id: String
        let marker: String?
        /// Seconds since 1970.
        let created: Int64
        let ids: [String]
        var state = "in_progress"
    }

    struct State: Sendable {
        var batches: [Batch] = []
        var files: [String: [UInt8]] = [:]
        /// The fate of an item by its id; those not named are answered.
        var fates: [String: Fate] = [:]
        var submission = Submission.taken
        /// Put at the front of the results.
        var strangeLines: [String] = []
        /// Codes of a batch that failed as a whole.
        var errors: [String] = []
        /// Downloads that break before their end.
        var brokenDownloads = 0
    }

    let wire: ProviderDescriptor.WireProtocol
    private let state = Mutex(State())
    /// The service's clock.
    static let now: Int64 = 1_800_000_000

    init(_ wire: ProviderDescriptor.WireProtocol) { self.wire = wire }

    /// The items it was given in all: what it bills.
    var billed: Int { state.withLock { $0.batches.reduce(0) { $0 + $1.ids.count } } }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    func end(_ name: String) {
        change { state in for index in state.batches.indices { state.batches[index].state = name } }
    }

    func answer(_ request: ReceivedRequest) -> [ServerAction] {
        state.withLock { state in
            wire == .anthropic ? anthropic(request, &state) : openAI(request, &state)
        }
    }

    // MARK: OpenAI

    private func openAI(_ request: ReceivedRequest, _ state: inout State) -> [ServerAction] {
        let parts = request.path.split(separator: "?")[0].split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.count) {
        case ("POST", "files", 1):
            guard let content = Self.file(request) else { return ServerAction.answer(400, "{}") }
            let id = "file-\(state.files.count + 1)"
            state.files[id] = content
            return ServerAction.answer(200, "{\"id\":\"\(id)\",\"object\":\"file\",\"purpose\":\"batch\"}")
        case ("POST", "batches", 1):
            let body = (try? JSONParser.parse(request.body)) ?? .null
            let lines = state.files[body["input_file_id"]?.text ?? ""]?.split(separator: 0x0A) ?? []
            let ids = lines.compactMap { (try? JSONParser.parse(Array($0)))?["custom_id"]?.text }
            return create(ids, marker: body["metadata"]?["secorch_batch"]?.text, &state)
        case ("GET", "batches", 1): return list(request, &state, cursor: "after")
        case ("GET", "batches", 2), ("POST", "batches", 3):
            guard let index = state.batches.firstIndex(where: { $0.id == parts[1] }) else {
                return ServerAction.answer(404, "{\"error\":{\"message\":\"no such batch\"}}")
            }
            if parts.count == 3 { state.batches[index].state = "cancelling" }
            return ServerAction.answer(200, Self.text(object(state.batches[index], state)))
        case ("GET", "files", 3):
            let batch = state.batches.first { parts[1].hasSuffix($0.id) }
            let isErrors = parts[1].hasPrefix("errors-")
            return download(batch.map { rows($0, state, isErrors: isErrors) } ?? [], &state)
        default: return ServerAction.answer(404, "{}")
        }
    }

    /// The file of a form, found as a server would: by the boundary of the header.
    private static func file(_ request: ReceivedRequest) -> [UInt8]? {
        guard let type = request.headers["content-type"], let mark = type.firstRange(of: "boundary=") else {
            return nil
        }
        let text = String(decoding: request.body, as: UTF8.self)
        let parts = text.split(separator: "--\(type[mark.upperBound...])")
        guard parts.last == "--\r\n", parts.contains(where: { $0.contains("name=\"purpose\"\r\n\r\nbatch\r\n") }),
            let part = parts.first(where: { $0.contains("name=\"file\"; filename=") }),
            let start = part.firstRange(of: "\r\n\r\n")
        else { return nil }
        return Array(part[start.upperBound...].utf8.dropLast(2))
    }

    // MARK: Anthropic

    private func anthropic(_ request: ReceivedRequest, _ state: inout State) -> [ServerAction] {
        let parts = request.path.split(separator: "?")[0].split(separator: "/").map(String.init)
        guard parts.starts(with: ["v1", "messages", "batches"]) else { return ServerAction.answer(404, "{}") }
        if request.method == "POST", parts.count == 3 {
            let requests = (try? JSONParser.parse(request.body))?["requests"]?.elements ?? []
            guard requests.allSatisfy({ $0["params"]?["max_tokens"]?.int != nil }) else {
                return ServerAction.answer(400, "{}")
            }
            return create(requests.compactMap { $0["custom_id"]?.text }, marker: nil, &state)
        }
        if parts.count == 3 { return list(request, &state, cursor: "after_id") }
        guard let index = state.batches.firstIndex(where: { $0.id == parts[3] }) else {
            return ServerAction.answer(404, ServerDialect(wire: .anthropic).error("none", type: "not_found_error"))
        }
        if parts.last == "results" {
            return download(rows(state.batches[index], state, isErrors: nil), &state)
        }
        if parts.last == "cancel" { state.batches[index].state = "canceling" }
        return ServerAction.answer(200, Self.text(object(state.batches[index], state)))
    }

    // MARK: Both

    private func create(_ ids: [String], marker: String?, _ state: inout State) -> [ServerAction] {
        if case .refused(let status) = state.submission {
            return ServerAction.answer(
                status, ServerDialect(wire: wire).error("slow down: Is this line safe?", type: "rate_limit_error"),
                headers: [("retry-after", "7")])
        }
        let batch = Batch(id: "batch_\(state.batches.count + 1)", marker: marker, created: Self.now, ids: ids)
        state.batches.append(batch)
        switch state.submission {
        case .takenAndReset: return [.reset]
        case .takenAndGarbled: return ServerAction.answer(200, "{\"id\":\"../../v1/keys\"}")
        default: return ServerAction.answer(200, Self.text(object(batch, state)))
        }
    }

    private func download(_ lines: [String], _ state: inout State) -> [ServerAction] {
        guard state.brokenDownloads > 0, let first = lines.first else {
            return ServerAction.answer(200, lines.joined(separator: "\n"), type: "application/octet-stream")
        }
        state.brokenDownloads -= 1
        return ServerAction.stream([first + "\n"], type: "application/octet-stream", isEnded: false) + [.close]
    }

    /// Two to a page, the newest first.
    private func list(_ request: ReceivedRequest, _ state: inout State, cursor: String) -> [ServerAction] {
        let newest = Array(state.batches.reversed())
        let after = request.path.split(separator: "&").first { $0.hasPrefix("\(cursor)=") }
        let last = after.map { String($0.dropFirst(cursor.count + 1)) }
        let start = last.flatMap { last in newest.firstIndex { $0.id == last } }.map { $0 + 1 } ?? 0
        let page = newest[start...].prefix(2)
        let json = JSON.members([
            "data": .array(page.map { object($0, state) }), "has_more": .bool(start + page.count < newest.count),
            "last_id": page.last.map { JSON.string($0.id) },
        ])
        return ServerAction.answer(200, Self.text(json))
    }

    private func object(_ batch: Batch, _ state: State) -> JSON {
        let isEnded = !["validating", "in_progress", "cancelling", "canceling"].contains(batch.state)
        guard wire == .anthropic else {
            let hasResults = isEnded && batch.state != "failed"
            let errors = state.errors.map { JSON.members(["code": .string($0), "line": .int(3)]) }
            return .members([
                "id": .string(batch.id), "status": .string(batch.state), "created_at": .int(Int(batch.created)),
                "metadata": batch.marker.map { JSON.members(["secorch_batch": .string($0)]) },
                "output_file_id": hasResults ? .string("output-\(batch.id)") : nil,
                "error_file_id": hasResults ? .string("errors-\(batch.id)") : nil,
                "errors": errors.isEmpty ? nil : .members(["data": .array(errors)]),
                "request_counts": .members(["total": .int(batch.ids.count), "completed": .int(0), "failed": .int(0)]),
            ])
        }
        return .members([
            "id": .string(batch.id), "type": .string("message_batch"), "processing_status": .string(batch.state),
            "created_at": .string(Timestamp(seconds: batch.created).description),
            "request_counts": .members([
                "processing": .int(isEnded ? 0 : batch.ids.count), "succeeded": .int(isEnded ? batch.ids.count : 0),
            ]), "results_url": .string("https://elsewhere.example/keys"),
        ])
    }

    /// The lines of results, the last item first. `isErrors` says which of OpenAI's two files.
    private func rows(_ batch: Batch, _ state: State, isErrors: Bool?) -> [String] {
        var lines = isErrors == true ? [] : state.strangeLines
        for id in batch.ids.reversed() {
            let fate = state.fates[id] ?? .answered
            switch fate {
            case .missing: continue
            case .answered, .twice, .cutLine:
                let line = Self.text(row(id, fate))
                guard isErrors != true else { continue }
                if case .cutLine = fate { lines.append(String(line.dropLast(9))) } else { lines.append(line) }
                if case .twice = fate { lines.append(line.replacing("answer to", with: "another answer to")) }
            default: if isErrors != false { lines.append(Self.text(row(id, fate))) }
            }
        }
        return lines
    }

    private func row(_ id: String, _ fate: Fate) -> JSON {
        let whole = ServerDialect(wire: wire).whole(.init(text: "answer to \(id)"))
        let answer = (try? JSONParser.parse(whole)) ?? .null
        let isAnthropic = wire == .anthropic
        func row(_ response: JSON?, _ error: JSON?) -> JSON {
            .members(["id": .string("r"), "custom_id": .string(id), "response": response, "error": error])
        }
        func result(_ type: String, _ message: JSON? = nil, _ error: JSON? = nil) -> JSON {
            .members([
                "custom_id": .string(id),
                "result": .members(["type": .string(type), "message": message, "error": error]),
            ])
        }
        switch fate {
        case .failed(let status):
            let text = ServerDialect(wire: wire).error("went wrong", type: "invalid_request_error")
            let body = (try? JSONParser.parse(text)) ?? .null
            return isAnthropic
                ? result("errored", nil, body) : row(.members(["status_code": .int(status), "body": body]), nil)
        case .expired:
            return isAnthropic ? result("expired") : row(nil, .members(["code": .string("batch_expired")]))
        case .cancelled:
            return isAnthropic ? result("canceled") : row(nil, .members(["code": .string("batch_cancelled")]))
        default:
            return isAnthropic
                ? result("succeeded", answer)
                : row(.members(["status_code": .int(200), "request_id": .string("req-1"), "body": answer]), nil)
        }
    }

    private static func text(_ json: JSON) -> String { String(decoding: json.bytes, as: UTF8.self) }
}

import Foundation
package import OrchestratorCore
import Synchronization

/// One provider's server: adds the key, sends, and turns every failure into a `ProviderError`.
package final class WireClient: Sendable {
    let descriptor: ProviderDescriptor
    let endpoint: Endpoint
    let transport: HTTPTransport
    let isLocalOnly: Bool
    private let keys: any KeyResolving
    let now: @Sendable () -> Int64
    private let hints = Mutex<[String: RateHints]>([:])

    /// Throws `misconfigured` for a base URL that cannot be read. `now` gives seconds since 1970.
    package init(
        _ descriptor: ProviderDescriptor, keys: any KeyResolving, isLocalOnly: Bool = false,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) throws(ProviderError) {
        guard let endpoint = Endpoint(descriptor.baseURL) else {
            throw ProviderError(
                .misconfigured, activity: "reading base_url", provider: descriptor.id, billing: .notBilled,
                detail: "expected http:// or https://, a host, and a path without query")
        }
        self.descriptor = descriptor
        self.endpoint = endpoint
        self.keys = keys
        self.isLocalOnly = isLocalOnly
        self.now = now
        transport = HTTPTransport(limits: descriptor.limits, isLocalOnly: isLocalOnly)
    }

    /// One request and how it is named in errors.
    struct Call: Sendable {
        let activity: String
        var model: String?
        var method = HTTPRequest.Method.get
        var path: String
        var body: [UInt8]?
        var contentType = "application/json"
        /// Bytes of the answer, where it may be larger than others.
        var answerLimit: Int?
        /// Whether the provider may charge for it although it is no single question.
        var isCharged = false
        /// The question, whose text must not come back in an error.
        var request: CompletionRequest?
        /// Makes the headers that carry the key.
        let headers: @Sendable (APIKey?) -> [(name: String, value: String)]
    }

    /// Sends a call and hands a successful answer to `read`; every other answer is an error by its status.
    func send<Value: Sendable>(
        _ call: Call, fault: @escaping @Sendable (Int, ErrorBody?, AnswerFault) -> AnswerFault = { $2 },
        read: @escaping @Sendable (HTTPAnswer) async throws -> Value
    ) async throws(ProviderError) -> Value {
        let key = try await key(for: call)
        var request = HTTPRequest(call.method, endpoint.url(call.path), body: call.body)
        request.headers = [
            ("accept", "application/json, text/event-stream, application/x-ndjson"), ("user-agent", "secorch"),
        ]
        if call.body != nil { request.headers.append(("content-type", call.contentType)) }
        request.headers += call.headers(key)
        request.answerLimit = call.answerLimit
        let seen = AnswerSeen()
        do {
            return try await transport.exchange(request) { [self] answer in
                seen.note(answer)
                note(RateHeaders.parse(answer.header, now: now()), for: call.model)
                guard (200..<300).contains(answer.status) else { throw await refusal(answer, fault) }
                return try await read(answer)
            }
        } catch {
            throw providerError(error, call, key, seen)
        }
    }

    /// Sends a call whose answer is one JSON text.
    func json(
        _ call: Call, fault: @escaping @Sendable (Int, ErrorBody?, AnswerFault) -> AnswerFault = { $2 }
    ) async throws(ProviderError) -> JSON {
        try await send(call, fault: fault) { answer in try Self.parse(try await answer.body.collect()) }
    }

    /// Reads a body that should be JSON.
    static func parse(_ bytes: [UInt8]) throws(AnswerFault) -> JSON {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            if bytes.isEmpty { throw .malformed("the answer is empty") }
            let looksLikeHTML = bytes.prefix(256).contains(UInt8(ascii: "<"))
            throw .malformed(looksLikeHTML ? "the answer is HTML, perhaps from a proxy" : error.description)
        }
    }

    /// The limits the provider last announced for a model.
    func rateHints(for model: String) -> RateHints? { hints.withLock { $0[model] } }

    private func note(_ found: RateHints?, for model: String?) {
        guard let found, let model else { return }
        hints.withLock { $0[model] = found }
    }

    func key(for call: Call) async throws(ProviderError) -> APIKey? {
        guard let reference = descriptor.key else { return nil }
        func refuse(_ detail: String) -> ProviderError {
            ProviderError(
                .keyMissing, activity: call.activity, provider: descriptor.id, model: call.model, billing: .notBilled,
                detail: detail)
        }
        guard let key = await keys.key(reference) else { throw refuse("nothing is stored under \(reference)") }
        let bytes = key.reveal().utf8
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refuse(
                "what is stored under \(reference) is empty or holds white space or other characters no key has")
        }
        return key
    }

    /// The fault of an answer that is no success. A body that cannot be read changes nothing.
    private func refusal(
        _ answer: HTTPAnswer, _ fault: @Sendable (Int, ErrorBody?, AnswerFault) -> AnswerFault
    ) async -> any Error {
        var bytes: [UInt8] = []
        do {
            for try await piece in answer.body {
                bytes += piece
                if bytes.count > 65_536 { break }
            }
        } catch {
            // The status says enough.
        }
        let body = (try? JSONParser.parse(bytes)).flatMap(ErrorBody.init)
        let wait = RetryAfter.parse(answer.header, now: now())
        var found = fault(answer.status, body, StatusTable.fault(status: answer.status, body: body, retryAfter: wait))
        if found.detail.isEmpty, bytes.prefix(256).contains(UInt8(ascii: "<")) {
            found.detail = "the answer is HTML, perhaps from a proxy"
        }
        return found
    }

    private func providerError(
        _ error: any Error, _ call: Call, _ key: APIKey?, _ seen: AnswerSeen
    ) -> ProviderError {
        let (status, headerID) = seen.values
        func make(
            _ code: ProviderError.Code, _ billing: Billing, _ detail: String, retryAfter: Duration? = nil,
            requestID: String? = nil
        ) -> ProviderError {
            ProviderError(
                code, activity: call.activity, provider: descriptor.id, model: call.model, status: status,
                // Asking for a list costs nothing, however it ends.
                billing: call.request == nil && !call.isCharged ? .notBilled : billing, retryAfter: retryAfter,
                providerRequestID: requestID ?? headerID, detail: SafeText.line(detail, key: key, request: call.request)
            )
        }
        switch error {
        case let error as ProviderError: return error
        case let fault as AnswerFault:
            return make(
                fault.code, fault.billing, fault.detail, retryAfter: fault.retryAfter, requestID: fault.requestID)
        case let error as StreamFormatError: return make(.answerTooLarge, .unknown, error.description)
        case let error as TransportError:
            return make(Self.code(error), error.stage == .nothingSent ? .notBilled : .unknown, error.description)
        default: return make(.malformedAnswer, .unknown, "\(type(of: error))")
        }
    }

    private static func code(_ error: TransportError) -> ProviderError.Code {
        switch error.reason {
        case .badAddress: .misconfigured
        case .notLoopback: .leavesHost
        case .connectFailed, .connectTimeout: .connectionFailed
        case .firstByteTimeout, .idleTimeout, .totalTimeout: .timedOut
        case .connectionLost: .connectionLost
        case .tooLarge: .answerTooLarge
        case .cancelled: .cancelled
        }
    }
}

/// What the head of an answer said, kept for errors that come later.
private final class AnswerSeen: Sendable {
    private let state = Mutex<(status: Int?, requestID: String?)>((nil, nil))

    func note(_ answer: HTTPAnswer) {
        let id = ["x-generation-id", "request-id", "x-request-id"].lazy.compactMap { answer.header($0) }.first
        // An id is put into a URL later: only plain ones are kept.
        let plain = id.flatMap { text in
            text.utf8.count <= 200 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
        }
        state.withLock { $0 = (answer.status, plain) }
    }

    var values: (status: Int?, requestID: String?) { state.withLock { $0 } }
}

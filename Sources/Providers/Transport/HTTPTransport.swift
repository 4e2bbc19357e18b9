import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import OrchestratorCore
import Synchronization

/// Exchanges with one server over a pool of connections. Sends each request once: nothing in here retries, and no
/// redirect is followed, so that a key never reaches another host.
package final class HTTPTransport: Sendable {
    private let client: HTTPClient
    private let permits: Permits
    private let limits: ProviderLimits
    private let isLocalOnly: Bool

    /// With `isLocalOnly`, addresses that are not on this machine are refused before anything is sent.
    package init(limits: ProviderLimits, isLocalOnly: Bool = false) {
        self.limits = limits
        self.isLocalOnly = isLocalOnly
        permits = Permits(limits.concurrency)
        var configuration = HTTPClient.Configuration()
        // The client also counts the wait for a pooled connection against this; the permits see to it that none waits.
        configuration.timeout = .init(connect: .milliseconds(Int64(limits.connectTimeout)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, limits.concurrency)
        configuration.connectionPool.retryConnectionEstablishment = false
        // Common servers close after five idle seconds. A request written to a connection that is just being closed
        // would have an unknown fate, so connections are given up before that.
        configuration.connectionPool.idleTimeout = .seconds(4)
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.dnsOverride = ["localhost": "127.0.0.1"]
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections. Requests in flight fail.
    package func shutdown() async {
        try? await client.shutdown()
    }

    /// Sends a request and hands the answer to `read`. Returning from it before the end of the body, throwing and
    /// cancelling close the connection. Throws `TransportError`, or whatever `read` throws.
    package func exchange<Value: Sendable>(
        _ request: HTTPRequest, read: @escaping @Sendable (HTTPAnswer) async throws -> Value
    ) async throws -> Value {
        if isLocalOnly, Endpoint(authorityOf: request.url)?.isLoopback != true {
            throw TransportError(.notLoopback, .nothingSent)
        }
        do {
            return try await permits.withPermit {
                let total = ContinuousClock.now + .milliseconds(self.limits.totalTimeout)
                let limit = request.answerLimit ?? self.limits.answerLimit
                return try await self.supervise(try await self.send(request), limit, total: total, read: read)
            }
        } catch is CancellationError {
            // Only the wait for a permit ends so: what comes later is classified where it happens.
            throw TransportError(.cancelled, .nothingSent)
        }
    }

    /// Sends a request; gives the answer once its head has come.
    private func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPClientResponse {
        let sent = SentMark()
        do {
            return try await client.execute(prepare(request, sent), timeout: .milliseconds(headTimeout))
        } catch {
            throw TransportError(error, sent.isSet ? .sent : .nothingSent)
        }
    }

    /// Connecting and waiting for the first byte, in milliseconds.
    private var headTimeout: Int64 {
        Int64(min(limits.connectTimeout + limits.firstByteTimeout, limits.totalTimeout))
    }

    private func prepare(_ request: HTTPRequest, _ sent: SentMark) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: request.url)
        prepared.method = HTTPMethod(rawValue: request.method.rawValue)
        for header in request.headers { prepared.headers.add(name: header.name, value: header.value) }
        if let body = request.body {
            prepared.body = .bytes(MarkedBody(bytes: body, sent: sent), length: .known(Int64(body.count)))
        }
        return prepared
    }

    /// Reads the answer beside a watch that ends it where it stalls.
    private func supervise<Value: Sendable>(
        _ response: HTTPClientResponse, _ limit: Int, total: ContinuousClock.Instant,
        read: @escaping @Sendable (HTTPAnswer) async throws -> Value
    ) async throws -> Value {
        let watch = IdleWatch(idle: .milliseconds(limits.idleTimeout), total: total)
        let answer = HTTPAnswer(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: HTTPBody(response.body, limit: limit, watch: watch))
        let outcome = await Deadlines.shared.run(until: { watch.isOver(at: $0) }) { () -> Result<Value, any Error> in
            do { return .success(try await read(answer)) } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let value): return value
        case .failure(let error):
            if let fault = watch.fault { throw fault }
            throw error is CancellationError ? TransportError(.cancelled, .answering) : error
        }
    }
}

extension TransportError {
    /// What an error of the client means at a stage.
    init(_ error: any Error, _ stage: Stage) {
        let isSent = stage != .nothingSent
        switch error {
        case let error as TransportError: self = error
        case is CancellationError: self.init(.cancelled, stage)
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self.init(.cancelled, stage)
            case .deadlineExceeded: self.init(isSent ? .firstByteTimeout : .connectTimeout, stage)
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: self.init(.connectTimeout, stage)
            case .invalidURL, .emptyHost, .emptyScheme: self.init(.badAddress, stage)
            default: self.init(isSent ? .connectionLost : .connectFailed, stage, detail: error.shortDescription)
            }
        default: self.init(isSent ? .connectionLost : .connectFailed, stage, detail: "\(type(of: error))")
        }
    }
}

/// Whether any of a request's body left: the client asks for it only once the head is on an open connection, and no
/// server answers a request for a completion without its body.
private final class SentMark: Sendable {
    private let mark = Atomic(false)

    func set() { mark.store(true, ordering: .releasing) }
    var isSet: Bool { mark.load(ordering: .acquiring) }
}

/// A body in one piece that notes when it is asked for.
private struct MarkedBody: Collection, Sendable {
    let bytes: [UInt8]
    let sent: SentMark

    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count }
    func index(after index: Int) -> Int { index + 1 }

    subscript(index: Int) -> UInt8 {
        sent.set()
        return bytes[index]
    }

    func withContiguousStorageIfAvailable<Value>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value? {
        sent.set()
        return try bytes.withContiguousStorageIfAvailable(body)
    }
}

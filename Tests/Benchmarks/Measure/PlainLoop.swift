import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OrchestratorCore

/// The least that any client does: sends bytes that are ready, reads the answer's bytes.
struct PlainLoop: Sendable {
    private let client: HTTPClient
    private let url: String
    private let body: ByteBuffer

    init(port: Int, concurrency: Int) {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        url = "http://127.0.0.1:\(port)/v1/chat/completions"
        body = ByteBuffer(bytes: Sample.body.bytes)
    }

    func measure(_ load: Load) async throws -> String {
        let result = try await load.measure { _ in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body)
            let response = try await client.execute(request, timeout: .seconds(60))
            let answer = try await response.body.collect(upTo: 1 << 20)
            guard response.status == .ok, answer.readableBytes > 0 else { throw CocoaError(.fileReadUnknown) }
        }
        try await client.shutdown()
        return result
    }
}

import AsyncHTTPClient
import NIOCore

/// The bytes of an answer as they come. Reading throws `TransportError` where there are more than the limit and where
/// the connection breaks; dropping it closes the connection.
package struct HTTPBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    private let source: HTTPClientResponse.Body
    private let limit: Int
    private let watch: IdleWatch

    init(_ source: HTTPClientResponse.Body, limit: Int, watch: IdleWatch) {
        self.source = source
        self.limit = limit
        self.watch = watch
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: HTTPClientResponse.Body.AsyncIterator
        fileprivate let limit: Int
        fileprivate let watch: IdleWatch
        private var count = 0

        fileprivate init(base: HTTPClientResponse.Body.AsyncIterator, limit: Int, watch: IdleWatch) {
            self.base = base
            self.limit = limit
            self.watch = watch
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            let buffer: ByteBuffer?
            do {
                buffer = try await base.next(isolation: actor)
                // A cancelled body ends like a complete one.
                if buffer == nil { try Task.checkCancellation() }
            } catch {
                throw TransportError(error, .answering)
            }
            guard let buffer else { return nil }
            watch.sawBytes()
            count += buffer.readableBytes
            guard count <= limit else {
                throw TransportError(.tooLarge, .answering, detail: "more than \(limit) bytes")
            }
            return Array(buffer.readableBytesView)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: source.makeAsyncIterator(), limit: limit, watch: watch)
    }

    /// All bytes.
    package func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self { bytes += piece }
        return bytes
    }

    /// Says that nothing more is expected: what follows within a second is still read, so that the connection can serve
    /// again.
    package func expectEnd() { watch.expectEnd() }
}

import NIOCore
import OrchestratorCore
import Providers
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct HTTPTransportTests {
    private static func limits(_ change: (inout ProviderLimits) -> Void = { _ in }) -> ProviderLimits {
        var limits = ProviderLimits.quick
        change(&limits)
        return limits
    }

    /// What a POST ends in against a server with this script.
    private func error(
        _ limits: ProviderLimits, _ actions: [ServerAction]
    ) async throws -> TransportError {
        try await ScriptedServer.run({ _ in actions }) { _, base in
            let transport = HTTPTransport(limits: limits)
            let error = await #expect(throws: TransportError.self) {
                try await transport.exchange(HTTPRequest(.post, base, body: [1])) { try await $0.body.collect() }
            }
            await transport.shutdown()
            return try #require(error)
        }
    }

    @Test func aServerThatIsNotThereGotNothing() async throws {
        let base = try await ScriptedServer.run({ _ in [] }) { _, base in base }
        let transport = HTTPTransport(limits: Self.limits())
        let error = await #expect(throws: TransportError.self) {
            try await transport.exchange(HTTPRequest(.post, base, body: [1])) { _ in }
        }
        #expect(error?.stage == .nothingSent)
        #expect(error?.reason == .connectFailed)
        await transport.shutdown()
    }

    @Test func silenceIsToldFromAStallAndFromADrip() async throws {
        let silent = try await error(
            Self.limits {
                $0.firstByteTimeout = 1500
                $0.connectTimeout = 1500
            }, [])
        #expect((silent.reason, silent.stage) == (.firstByteTimeout, .sent))
        let stalled = try await error(
            Self.limits { $0.idleTimeout = 100 }, ServerAction.stream(["a"], type: "text/plain", isEnded: false))
        #expect((stalled.reason, stalled.stage) == (.idleTimeout, .answering))
        let dripping = try await error(
            Self.limits {
                $0.totalTimeout = 400
                $0.idleTimeout = 300
            },
            ServerAction.stream([String](repeating: "a", count: 1000), type: "text/plain", pause: 20))
        #expect((dripping.reason, dripping.stage) == (.totalTimeout, .answering))
    }

    @Test func resetsAndClosesAfterSendingAreOfUnknownFate() async throws {
        for end in [ServerAction.reset, .close] {
            let early = try await error(Self.limits(), [end])
            #expect((early.reason, early.stage) == (.connectionLost, .sent))
            let late = try await error(
                Self.limits(),
                ServerAction.stream(["abc"], type: "text/plain", pause: 5, isEnded: false) + [.pause(5), end])
            #expect((late.reason, late.stage) == (.connectionLost, .answering))
        }
    }

    /// The end of the connection may be seen before the request counts as written.
    @Test func anAnswerThatEndsWithItsConnectionIsNotLost() async throws {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        let answer = Array((head + String(repeating: "x", count: 3000)).utf8)
        try await ScriptedServer.run({ _ in [.write(answer), .close] }) { _, base in
            let transport = HTTPTransport(limits: Self.limits { $0.concurrency = 16 })
            let request = HTTPRequest(.post, base, body: [UInt8](repeating: 1, count: 30_000))
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<400 {
                    group.addTask { try await transport.exchange(request) { try await $0.body.collect().count } }
                }
                for try await count in group { #expect(count == 3000) }
            }
            await transport.shutdown()
        }
    }

    @Test func bodiesOverTheLimitAreRefused() async throws {
        let limits = Self.limits { $0.answerLimit = 2048 }
        let whole = try await error(limits, ServerAction.answer(200, String(repeating: "x", count: 4000)))
        #expect(whole.reason == .tooLarge)
        let endless = [String](repeating: String(repeating: "y", count: 1000), count: 10)
        #expect(try await error(limits, ServerAction.stream(endless, type: "text/plain")).reason == .tooLarge)
    }

    @Test func cancellingClosesTheSocket() async throws {
        for actions in [[], ServerAction.stream(["a"], type: "text/plain", isEnded: false)] {
            try await ScriptedServer.run({ _ in actions }) { server, base in
                let transport = HTTPTransport(limits: Self.limits())
                let task = Task {
                    try await transport.exchange(HTTPRequest(.post, base, body: [1])) { try await $0.body.collect() }
                }
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                try await Task.sleep(for: .milliseconds(50))
                task.cancel()
                let error = await #expect(throws: TransportError.self) { try await task.value }
                #expect(error?.reason == .cancelled)
                #expect(error?.stage != .nothingSent, "a request that left must not count as unsent")
                while server.closedConnections == 0 { try await Task.sleep(for: .milliseconds(5)) }
                await transport.shutdown()
            }
        }
    }

    @Test func moreRequestsThanConnectionsWaitTheirTurn() async throws {
        let inFlight = Gauge()
        try await ScriptedServer.run({ _ in [.pause(60)] + ServerAction.answer(200, "x") }) { server, base in
            // The last ones wait for longer than a connection may take.
            let transport = HTTPTransport(
                limits: Self.limits {
                    $0.concurrency = 3
                    $0.connectTimeout = 1500
                })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await transport.exchange(HTTPRequest(.post, base, body: [1])) { answer in
                            inFlight.add(1)
                            _ = try await answer.body.collect()
                            inFlight.add(-1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.count == 100)
            #expect(inFlight.most <= 3)
            await transport.shutdown()
        }
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        try await ScriptedServer.run({ _ in [.pause(200)] + ServerAction.answer(200, "x") }) { server, base in
            let transport = HTTPTransport(limits: Self.limits { $0.concurrency = 1 })
            let tasks = (0..<20).map { _ in
                Task {
                    try await transport.exchange(HTTPRequest(.post, base, body: [1])) { try await $0.body.collect() }
                }
            }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            let bytes = try await transport.exchange(HTTPRequest(.post, base, body: [1])) {
                try await $0.body.collect()
            }
            #expect(bytes == Array("x".utf8))
            await transport.shutdown()
        }
    }

    @Test func aLocalRunReachesOnlyThisMachine() async throws {
        let transport = HTTPTransport(limits: Self.limits(), isLocalOnly: true)
        for url in [
            "http://192.0.2.1/x", "https://example.com/", "http://127.0.0.1.example/", "http://127.0.0.1@192.0.2.1/",
            "x",
        ] {
            let error = await #expect(throws: TransportError.self) {
                try await transport.exchange(HTTPRequest(.post, url, body: [1])) { _ in }
            }
            #expect((error?.reason, error?.stage) == (.notLoopback, .nothingSent))
        }
        try await ScriptedServer.run({ _ in ServerAction.answer(200, "x") }) { _, base in
            let address = base.replacing("127.0.0.1", with: "localhost")
            let status = try await transport.exchange(HTTPRequest(.get, address)) { $0.status }
            #expect(status == 200)
        }
        await transport.shutdown()
    }
}

/// Counts up and down and keeps the highest count.
final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    func add(_ change: Int) {
        state.withLock { state in
            state.now += change
            state.most = max(state.most, state.now)
        }
    }

    var most: Int { state.withLock { $0.most } }
}

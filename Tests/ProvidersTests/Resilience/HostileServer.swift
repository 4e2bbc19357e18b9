import OrchestratorCore
import Synchronization
import TestSupport

/// A server that misbehaves by seed and keeps its own account: it charges for whatever it does not clearly refuse.
final class HostileServer: Sendable {
    private let dialect: ServerDialect
    private let state: Mutex<SeededGenerator>
    private let charged = Mutex<[String: Int]>([:])

    init(_ dialect: ServerDialect, seed: UInt64) {
        self.dialect = dialect
        state = Mutex(SeededGenerator(seed: seed))
    }

    /// How often each piece of work was charged.
    var charges: [String: Int] { charged.withLock { $0 } }

    private enum Fate: CaseIterable {
        case fine, fineStream, throttled, unavailable, failed, gateway, quota, badRequest, errorInside, truncatedJSON
        case noTerminator, silence, drip, reset, resetMidway, wrongUsage, duplicated, oversized, redirect, html, closed
    }

    func actions(_ request: ReceivedRequest) -> [ServerAction] {
        var generator = state.withLock { generator in
            _ = generator.next()
            return generator
        }
        // Half of all answers are good, quotas are rare: they rest the provider.
        var fate = generator.chance(50) ? (generator.chance(50) ? .fine : .fineStream) : generator.pick(Fate.allCases)
        if fate == .quota, generator.chance(80) { fate = .throttled }
        if !isRefusal(fate) { charge(request) }
        return actions(fate, &generator)
    }

    private func isRefusal(_ fate: Fate) -> Bool {
        [.throttled, .unavailable, .quota, .badRequest, .redirect].contains(fate)
    }

    private func charge(_ request: ReceivedRequest) {
        let text = String(decoding: request.body, as: UTF8.self)
        guard let start = text.firstIndex(of: "<"), let end = text[start...].firstIndex(of: ">") else { return }
        charged.withLock { $0[String(text[start...end]), default: 0] += 1 }
    }

    private func actions(_ fate: Fate, _ generator: inout SeededGenerator) -> [ServerAction] {
        let whole = dialect.whole()
        let pieces = dialect.pieces()
        let type = dialect.streamType
        switch fate {
        case .fine: return ServerAction.answer(200, whole)
        case .fineStream:
            return dialect.canStream
                ? ServerAction.stream(pieces, type: type, pause: 1) : ServerAction.answer(200, whole)
        case .throttled: return ServerAction.answer(429, dialect.error("slow down"), headers: wait(&generator))
        case .unavailable:
            return ServerAction.answer(generator.pick([503, 529]), dialect.error("busy"), headers: wait(&generator))
        case .failed: return ServerAction.answer(generator.pick([500, 502, 504, 408]), dialect.error("failed"))
        case .gateway: return ServerAction.answer(502, "<html>bad gateway</html>", type: "text/html")
        case .quota: return ServerAction.answer(402, dialect.error("no credit"))
        case .badRequest: return ServerAction.answer(generator.pick([400, 404, 413, 422]), dialect.error("no"))
        case .errorInside: return ServerAction.answer(200, dialect.error("upstream failed", code: .int(502)))
        case .truncatedJSON:
            return ServerAction.answer(200, String(whole.dropLast(Int.random(in: 1...30, using: &generator))))
        case .noTerminator:
            return ServerAction.stream(pieces.dropLast(), type: type, isEnded: generator.chance(50)) + [.close]
        case .silence: return []
        case .drip: return ServerAction.stream(whole.map { String($0) }, type: type, pause: 20)
        case .reset: return [.reset]
        case .resetMidway:
            return ServerAction.stream(Array(pieces.prefix(1)), type: type, isEnded: false) + [.pause(3), .reset]
        case .wrongUsage:
            return ServerAction.answer(
                200,
                dialect.whole(.init(input: generator.pick([-1, 90_000_000, 0]), output: generator.pick([-9, 5000]))))
        case .duplicated: return ServerAction.answer(200, whole + whole)
        case .oversized: return ServerAction.answer(200, whole + String(repeating: " ", count: 70_000))
        case .redirect:
            return ServerAction.answer(
                generator.pick([301, 302, 307, 308]), "", headers: [("location", "http://127.0.0.1:1/")])
        case .html: return ServerAction.answer(200, "<html>sign in</html>", type: "text/html")
        case .closed: return [.close]
        }
    }

    private func wait(_ generator: inout SeededGenerator) -> [(String, String)] {
        generator.pick([
            [], [("retry-after", "0")], [("retry-after", "0.01")], [("retry-after", "1")], [("retry-after", "-1")],
            [("retry-after", "soon")], [("retry-after", "86400")], [("retry-after-ms", "5")],
            [("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], [("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT")],
        ])
    }
}

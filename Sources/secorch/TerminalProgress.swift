import Foundation
import OrchestratorCore
import Pipeline
import Synchronization

/// Shows how a run gets on: one moving line on a terminal, a line per stage elsewhere.
final class TerminalProgress: ProgressListener {
    private struct State {
        var total: Int?
        var shownAt = ContinuousClock.now
        var isLineOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal = Console.isTerminal
    private static let interval = Duration.milliseconds(80)
    private static let width = 28

    func began(_ stage: StageName, total: Int?) {
        state.withLock { $0.total = total }
        if isTerminal {
            show(stage, done: 0, always: true)
        } else if let total {
            Console.line("secorch: \(Self.verb(stage)): \(total) \(Self.unit(stage))")
        }
    }

    func advanced(_ stage: StageName, done: Int) {
        if isTerminal { show(stage, done: done, always: false) }
    }

    func ended(_ stage: StageName) {
        guard isTerminal else { return }
        state.withLock { state in
            if state.isLineOpen { Console.erase() }
            state.isLineOpen = false
        }
    }

    func warned(_ text: String) {
        state.withLock { state in
            if state.isLineOpen { Console.erase() }
            state.isLineOpen = false
            Console.warning(text)
        }
    }

    private func show(_ stage: StageName, done: Int, always: Bool) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard always || now - state.shownAt >= Self.interval else { return }
            state.shownAt = now
            state.isLineOpen = true
            Console.erase()
            guard let total = state.total, total > 0 else { return Console.open("\(Self.verb(stage)) ...") }
            Console.open("\(Self.verb(stage)) \(Self.bar(done, of: total)) \(done)/\(total)")
        }
    }

    /// - Parameter done: at most `total`, which is not 0.
    static func bar(_ done: Int, of total: Int) -> String {
        let filled = Int(Double(width) * Double(done) / Double(total))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    private static func unit(_ stage: StageName) -> String {
        switch stage {
        case .render: "reports"
        case .complete, .verify: "prompts"
        case .history: "versions of files"
        default: "files"
        }
    }

    private static func verb(_ stage: StageName) -> String {
        switch stage {
        case .walk: "reading"
        case .detect: "examining"
        case .plan: "planning"
        case .complete: "asking"
        case .verify: "verifying"
        case .history: "searching the history"
        case .track: "comparing"
        case .map: "mapping"
        case .render: "writing"
        default: stage.rawValue
        }
    }
}

extension Console {
    /// Begins the moving line anew.
    static func erase() { open("\r\u{1B}[2K") }
}

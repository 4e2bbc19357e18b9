import Foundation
import OrchestratorCore

/// Results on standard output, everything else on standard error; escape sequences from data show as text.
enum Console {
    /// Writes a line of results. Ends the program successfully where nobody reads any more.
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes results without a line end.
    static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes a line for people.
    static func line(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Writes for people without a line end.
    static func open(_ text: String) { write(text, to: STDERR_FILENO) }

    static func error(_ text: String) { line("secorch: error: \(VisibleText.of(text))") }

    /// Writes a named value as a line of results.
    static func field(_ name: String, _ value: String) {
        print(name + ":" + String(repeating: " ", count: max(1, 17 - name.count)) + VisibleText.of(value))
    }

    static func warning(_ text: String) { line("secorch: warning: \(VisibleText.of(text))") }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                // A closed pipe on standard output means that the reader has seen enough.
                if descriptor == STDOUT_FILENO, errno == EPIPE { exit(0) }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

    /// Colours, unless `NO_COLOR` is set or nobody would see them.
    static var hasColour: Bool {
        isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }
}

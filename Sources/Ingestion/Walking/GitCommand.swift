import Foundation
import OrchestratorCore
import Subprocess

/// Runs git, and only those of its commands that read no work tree: rev-parse, ls-files (the index), ls-tree, cat-file,
/// log and config (values). The repository's own settings can then start no program: hooks, monitors, signature
/// checks and fetches of missing objects are off.
struct GitCommand: Sendable {
    /// Where git runs; output is relative to it.
    let folder: String

    private static let allowed: Set<String> = [
        "rev-parse", "ls-files", "ls-tree", "cat-file", "log", "config", "version",
    ]

    private static let neutral = [
        "--no-pager", "--literal-pathspecs", "--no-replace-objects", "-c", "core.fsmonitor=false", "-c",
        "core.hooksPath=/dev/null",
        "-c", "log.showSignature=false", "-c", "protocol.allow=never", "-c", "safe.directory=*",
    ]

    /// Above this many bytes git's answer is refused.
    private static let outputLimit = 512 * 1024 * 1024

    /// What git printed, or nil where it is missing, failed or printed too much.
    /// - Parameters:
    ///   - input: what git reads.
    ///   - limit: the most bytes that git may print.
    func run(
        _ command: String, _ arguments: [String], input: String = "", limit: Int = outputLimit
    ) async -> [UInt8]? {
        let result = try? await Subprocess.run(
            .name("git"), arguments: all(command, arguments), environment: environment, input: .string(input),
            output: .bytes(limit: limit))
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
    }

    /// Calls `body` with what git prints, piece by piece, however much that is. False where git is missing or failed.
    /// Throws `CancellationError`.
    func stream(_ command: String, _ arguments: [String], _ body: ([UInt8]) -> Void) async throws -> Bool {
        let result = try? await Subprocess.run(
            .name("git"), arguments: all(command, arguments), environment: environment, input: .none,
            output: .sequence, error: .discarded
        ) { execution in
            for try await piece in execution.standardOutput { piece.withUnsafeBytes { body(Array($0)) } }
        }
        try Task.checkCancellation()
        return result?.terminationStatus.isSuccess ?? false
    }

    private func all(_ command: String, _ arguments: [String]) -> Arguments {
        precondition(Self.allowed.contains(command), "git \(command) may run the repository's own programs")
        return Arguments(Self.neutral + ["-C", folder, command] + arguments)
    }

    /// The lines git printed, without their ends.
    func lines(_ command: String, _ arguments: [String]) async -> [String]? {
        await run(command, arguments).map { output in
            output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The user's own, without anything that would redirect git: GIT_DIR, GIT_WORK_TREE, GIT_CONFIG and the like.
    private var environment: Environment {
        let kept = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "XDG_CONFIG_HOME"].contains($0.key) }
        let fixed = ["LC_ALL": "C", "GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"]
        let all = kept.merging(fixed) { $1 }
        return .custom(Dictionary(uniqueKeysWithValues: all.map { (Environment.Key(rawValue: $0.key)!, $0.value) }))
    }
}

/// Which git would be used.
package enum GitVersion {
    /// As `git version 2.39.5`; nil where there is none.
    package static func installed() async -> String? {
        await GitCommand(folder: "/").lines("version", [])?.first
    }
}

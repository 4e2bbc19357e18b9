import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline
import Settings

/// What people decided beforehand about findings.
struct DecisionOptions: ParsableArguments {
    @Option(help: "File of exceptions: false positives, accepted risks, other severities. Never one inside the target.")
    var exceptions: String?

    @Option(help: "File of 'secorch baseline': its findings are reported, but do not count for --fail-on.")
    var baseline: String?

    func apply(to configuration: inout ScanConfiguration) {
        if let exceptions { configuration.exceptions = exceptions }
    }
}

extension FindingException.Kind: ExpressibleByArgument {}

struct Exceptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, add and check entries of the exceptions file.",
        discussion: """
            An exception says what somebody decided about a finding: that it is a false positive, that the risk is \
            accepted, or that its severity is another; with a reason, a name and a last day. Suppressed findings stay in \
            every report. A file inside the scanned folder is not trusted and never applied.
            """,
        subcommands: [List.self, Add.self, Check.self], defaultSubcommand: List.self)

    /// Which file, and by whose rules.
    struct FileOptions: ParsableArguments {
        @Option(help: "The exceptions file (default: 'exceptions' of the configuration).")
        var file: String?

        @OptionGroup var settings: ConfigurationOptions

        /// Throws the errors of reading the configuration, and `badConfiguration` where no file is known.
        func resolved() throws -> (path: String, requiresSecondPerson: Bool) {
            let configuration = try settings.load()
            guard let path = file ?? configuration.exceptions else {
                throw PipelineError(
                    .badConfiguration, "no exceptions file: give --file, or 'exceptions' in the configuration")
            }
            return (path, configuration.requiresSecondPerson)
        }

        func applied() throws -> [AppliedException] {
            let (path, requiresSecondPerson) = try resolved()
            let file = try ExceptionsFile(path: path, outside: nil)
            let standings = file.standings(on: RunLibrary.today, requiringSecondPerson: requiresSecondPerson)
            return zip(file.entries, standings).map { AppliedException(entry: $0, standing: $1, matched: 0) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the entries and how each stands today.")

        @OptionGroup var file: FileOptions

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            for exception in try file.applied() {
                Console.print(
                    json
                        ? Exceptions.object(exception).text
                        : VisibleText.of(Exceptions.line(exception, isCounted: false)))
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with the entries; exit 1 if anything is.",
            discussion: """
                Expired entries, entries without the second person that is asked for, and, with --run, entries that no \
                finding of that run matches.
                """)

        @OptionGroup var file: FileOptions

        @Option(name: .customLong("run"), help: "A run to look for findings in: its id, a prefix of it, or 'latest'.")
        var runID: String?

        @OptionGroup var state: StateOptions

        func run() throws {
            var entries = try file.applied()
            if let runID { entries = try RunLibrary(state: state.folder).matched(entries, in: runID) }
            let bad = entries.filter { $0.standing != .inForce || (runID != nil && $0.matched == 0) }
            for exception in bad { Console.print(VisibleText.of(Exceptions.line(exception, isCounted: runID != nil))) }
            Console.line("secorch: \(entries.count) exceptions, \(bad.count) to look at")
            if !bad.isEmpty { throw ExitCode(1) }
        }
    }

    /// - Parameter isCounted: whether findings were looked for, so that an entry can be known to be unused.
    private static func line(_ exception: AppliedException, isCounted: Bool) -> String {
        let entry = exception.entry
        let kind = entry.severity.map { "severity \($0.rawValue)" } ?? entry.kind.title
        let people = entry.approver.map { "\(entry.author), approved by \($0)" } ?? entry.author
        let isFine = exception.standing == .inForce && !isCounted
        let standing = isFine ? exception.standing.rawValue : exception.problem ?? exception.standing.rawValue
        return "line \(entry.line): \(entry.subject): \(kind) until \(entry.until) by \(people): \(standing)"
    }

    private static func object(_ exception: AppliedException) -> JSONValue {
        let entry = exception.entry
        return [
            "line": .number(entry.line), "subject": .string(entry.subject), "kind": .string(entry.kind.rawValue),
            "severity": .optional(entry.severity?.rawValue), "reason": .string(entry.reason),
            "by": .string(entry.author), "approved_by": .optional(entry.approver), "until": .string(entry.until),
            "standing": .string(exception.standing.rawValue),
        ]
    }
}

import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline

/// Runs a command and turns however it ends into one line and one exit code.
@main
enum Main {
    static func main() async {
        // Who reads our output may leave early; that is their success, not our failure.
        signal(SIGPIPE, SIG_IGN)
        do {
            try await Interruption.cancelling {
                let command = try Secorch.parseAsRoot()
                try await run(command)
            }
        } catch {
            exit(with: error)
        }
    }

    private nonisolated(nonsending) static func run(_ command: sending any ParsableCommand) async throws {
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            var synchronous = command
            try synchronous.run()
        }
    }

    private static func exit(with error: any Error) -> Never {
        switch error {
        case let code as ExitCode: Foundation.exit(code.rawValue)
        case let error as ProviderError where error.code == .cancelled: exit(with: CancellationError())
        case is CancellationError:
            Console.error("interrupted; the same command goes on from what was recorded")
            Foundation.exit(ExitStatus.incomplete.rawValue)
        case let failure as any CustomStringConvertible where Failure.isOurs(error):
            Console.error(failure.description)
            Foundation.exit(Failure.status(of: error).rawValue)
        default: exitFromParser(error)
        }
    }

    /// Help and versions are results; a wrong command line is a usage error.
    private static func exitFromParser(_ error: any Error) -> Never {
        let message = Secorch.fullMessage(for: error)
        switch Secorch.exitCode(for: error) {
        case .success:
            Console.print(message)
            Foundation.exit(0)
        case .validationFailure:
            Console.line(message)
            Foundation.exit(ExitStatus.unusable.rawValue)
        default:
            Console.error("\(error)")
            Foundation.exit(ExitStatus.internalError.rawValue)
        }
    }
}

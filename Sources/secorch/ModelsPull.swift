import ArgumentParser
import OrchestratorCore
import Pipeline
import Providers
import Settings
import Synchronization

extension ModelsCommand {
    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download a model to an Ollama server.",
            discussion: "An interrupted download goes on where it stopped when it is asked for again.")

        @Argument(help: "MODEL or PROVIDER/MODEL.")
        var model: String

        @Flag(help: "Say nothing but results and errors.")
        var quiet = false

        @Flag(help: "Print a JSON object when it is done.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func run() async throws {
            let configuration = try place.load()
            let named = try ModelPlace(
                model, provider: place.provider, need: ModelsCommand.need("download models"), in: configuration)
            let server = try named.ollama(isLocalOnly: configuration.isLocalOnly)
            let progress = DownloadProgress(isQuiet: quiet)
            let outcome: Result<Void, ProviderError>
            do throws(ProviderError) {
                outcome = .success(try await server.pull(named.model) { progress.note($0) })
            } catch {
                outcome = .failure(error)
            }
            progress.end()
            await server.shutdown()
            try outcome.get()
            let id = ModelID(provider: named.provider.id, name: named.model)
            Console.print(
                json
                    ? ([
                        "id": .string(id.description), "status": "downloaded", "bytes": .number(progress.byteCount),
                    ] as JSONValue).text : VisibleText.of("\(id)  downloaded"))
        }
    }
}

/// Shows how a download gets on: one moving line on a terminal, a line per step and tenth elsewhere, nothing when quiet.
final class DownloadProgress: Sendable {
    private struct State {
        var shown: String?
        var isLineOpen = false
        /// Bytes by layer.
        var sizes: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let isQuiet: Bool
    private let isTerminal = Console.isTerminal

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// What the layers seen so far hold.
    var byteCount: Int { state.withLock { $0.sizes.values.reduce(0, &+) } }

    func note(_ progress: PullProgress) {
        state.withLock { state in
            if let layer = progress.layer, let total = progress.total { state.sizes[layer] = max(0, total) }
            guard !isQuiet else { return }
            let text = isTerminal ? Self.moving(progress) : Self.plain(progress)
            guard text != state.shown else { return }
            state.shown = text
            guard isTerminal else { return Console.line("secorch: \(text)") }
            Console.erase()
            Console.open(text)
            state.isLineOpen = true
        }
    }

    /// Takes the moving line away.
    func end() {
        state.withLock { state in
            if state.isLineOpen { Console.erase() }
            state.isLineOpen = false
        }
    }

    private static func moving(_ progress: PullProgress) -> String {
        guard let total = progress.total, total > 0 else { return "\(status(progress)) ..." }
        let done = min(progress.completed, total)
        return
            "\(status(progress)) \(TerminalProgress.bar(done, of: total)) \(ByteText.of(done)) of \(ByteText.of(total))"
    }

    private static func plain(_ progress: PullProgress) -> String {
        guard let total = progress.total, total > 0 else { return status(progress) }
        let tenths = Int(Double(min(progress.completed, total)) / Double(total) * 10)
        return "\(status(progress)): \(tenths * 10) % of \(ByteText.of(total))"
    }

    /// Digests are long; their beginning tells layers apart.
    private static func status(_ progress: PullProgress) -> String {
        VisibleText.of(String(progress.status.prefix(60)))
    }
}

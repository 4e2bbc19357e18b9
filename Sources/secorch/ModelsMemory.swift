import ArgumentParser
import OrchestratorCore
import Pipeline
import Providers
import Settings

extension ModelsCommand {
    struct Loaded: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ps",
            abstract: "List the models that Ollama servers hold in memory: size, graphics memory, window, expiry.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func run() async throws {
            let configuration = try place.load()
            let places = try ModelPlace.all(
                provider: place.provider, need: ModelsCommand.need("say what is in memory"), in: configuration)
            var isEmpty = true
            for named in places {
                let server = try named.ollama(isLocalOnly: configuration.isLocalOnly)
                let loaded: [OllamaLoadedModel]
                do throws(ProviderError) { loaded = try await server.loaded() } catch {
                    await server.shutdown()
                    throw error
                }
                await server.shutdown()
                for model in loaded {
                    isEmpty = false
                    let id = ModelID(provider: named.provider.id, name: model.name)
                    Console.print(json ? Self.object(id, model).text : VisibleText.of(Self.line(id, model)))
                }
            }
            if isEmpty, !json { Console.line("secorch: no model is in memory") }
        }

        private static func line(_ id: ModelID, _ model: OllamaLoadedModel) -> String {
            let window = model.contextTokens.map { "\($0) tokens" } ?? "window unknown"
            return
                "\(id)  \(ByteText.of(model.size))  \(ByteText.of(model.videoSize)) of it in graphics memory  \(window)  "
                + (model.expiresAt.map { "kept until \($0)" } ?? "expiry unknown")
        }

        private static func object(_ id: ModelID, _ model: OllamaLoadedModel) -> JSONValue {
            [
                "id": .string(id.description), "bytes": .number(model.size),
                "graphics_bytes": .number(model.videoSize), "context_tokens": ModelText.number(model.contextTokens),
                "expires_at": .optional(model.expiresAt),
            ]
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Delete a model from an Ollama server.")

        @Argument(help: "MODEL or PROVIDER/MODEL.")
        var model: String

        @Flag(help: "Print a JSON object when it is done.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func run() async throws {
            let configuration = try place.load()
            let named = try ModelPlace(
                model, provider: place.provider, need: ModelsCommand.need("delete models"), in: configuration)
            try await named.atServer(configuration) { (server) throws(ProviderError) in
                try await server.delete(named.model)
            }
            named.report("removed", json: json)
        }
    }

    struct Keep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load a model into an Ollama server's memory and keep it there, or unload it.",
            discussion: """
                It is loaded with the window configured for it, so that a scan need not load it again. A scan keeps its \
                model for ten minutes after each request.
                """)

        @Argument(help: "MODEL or PROVIDER/MODEL.")
        var model: String

        @Option(help: "For how long after the last request, in minutes; 0 unloads it at once.")
        var minutes = 60

        @Flag(help: "Print a JSON object when it is done.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func validate() throws {
            guard (0...10_080).contains(minutes) else {
                throw ValidationError("--minutes takes 0 to 10080, a week; found \(minutes).")
            }
        }

        func run() async throws {
            let configuration = try place.load()
            let named = try ModelPlace(
                model, provider: place.provider, need: ModelsCommand.need("keep models in memory"), in: configuration)
            let window = configuration.models.first { $0.id == named.id }?.contextTokens
            try await named.atServer(configuration) { (server) throws(ProviderError) in
                try await server.load(
                    named.model, contextTokens: minutes == 0 ? nil : window, keepSeconds: minutes * 60)
            }
            named.report(minutes == 0 ? "unloaded" : "kept for \(minutes) minutes", json: json)
        }
    }
}

extension ModelPlace {
    fileprivate var id: ModelID { ModelID(provider: provider.id, name: model) }

    /// Does something at the model's server.
    fileprivate func atServer(
        _ configuration: ScanConfiguration, _ deed: (OllamaProvider) async throws(ProviderError) -> Void
    ) async throws {
        let server = try ollama(isLocalOnly: configuration.isLocalOnly)
        let outcome: Result<Void, ProviderError>
        do throws(ProviderError) { outcome = .success(try await deed(server)) } catch { outcome = .failure(error) }
        await server.shutdown()
        try outcome.get()
    }

    fileprivate func report(_ status: String, json: Bool) {
        Console.print(
            json
                ? (["id": .string(id.description), "status": .string(status)] as JSONValue).text
                : VisibleText.of("\(id)  \(status)"))
    }
}

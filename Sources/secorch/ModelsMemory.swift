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
            let server = try named.ollama(isLocalOnly: configuration.isLocalOnly)
            let outcome: Result<Void, ProviderError>
            do throws(ProviderError) {
                outcome = .success(try await server.delete(named.model))
            } catch {
                outcome = .failure(error)
            }
            await server.shutdown()
            try outcome.get()
            let id = ModelID(provider: named.provider.id, name: named.model)
            Console.print(
                json
                    ? (["id": .string(id.description), "status": "removed"] as JSONValue).text
                    : VisibleText.of("\(id)  removed"))
        }
    }
}

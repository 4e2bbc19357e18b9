package import OrchestratorCore

/// A model as an Ollama server knows it.
package struct OllamaModel: Hashable, Sendable {
    package let name: String
    /// Where requests are passed on to; nil for a model that runs on the server itself.
    package let remoteHost: String?
    /// The longest window of the model, in tokens.
    package let contextTokens: Int?
    package let family: String?
    package let parameterSize: String?
    package let quantization: String?
    package let capabilities: [String]

    /// Marked by the server as remote, or named so: either is enough.
    static func isRemote(_ entry: JSON, _ name: String) -> Bool { remoteHost(entry, name) != nil }

    static func remoteHost(_ entry: JSON, _ name: String) -> String? {
        if let host = entry["remote_host"]?.text { return host }
        if entry["remote_model"] != nil { return "another host" }
        return ModelID(provider: "", name: name).isCloudProxied ? "ollama.com" : nil
    }
}

/// A model in memory.
package struct OllamaLoadedModel: Hashable, Sendable {
    package let name: String
    /// Bytes in all, and of these in the memory of a graphics card.
    package let size: Int
    package let videoSize: Int
    /// The window that was really set aside, in tokens.
    package let contextTokens: Int?
    /// RFC 3339.
    package let expiresAt: String?
}

/// How far a download has come.
package struct PullProgress: Hashable, Sendable {
    package let status: String
    /// The layer; nil between layers.
    package let layer: String?
    /// Bytes.
    package let completed: Int
    package let total: Int?
}

extension OllamaProvider {
    package func version() async throws(ProviderError) -> String {
        let answer = try await client.json(call("reading the version", .get, "/api/version"))
        guard let version = answer["version"]?.text else {
            throw malformed("reading the version", nil, "expected a version")
        }
        return SafeText.line(version, key: nil, request: nil)
    }

    package func show(_ model: String) async throws(ProviderError) -> OllamaModel {
        let body = JSON.members(["model": .string(model)])
        let answer = try await client.json(
            call("reading a model's details", .post, "/api/show", body: body, model: model))
        guard answer.members != nil else { throw malformed("reading a model's details", model, "expected an object") }
        let architecture = answer["model_info"]?["general.architecture"]?.text ?? ""
        return OllamaModel(
            name: model, remoteHost: OllamaModel.remoteHost(answer, model),
            contextTokens: answer["model_info"]?["\(architecture).context_length"]?.int,
            family: answer["details"]?["family"]?.text, parameterSize: answer["details"]?["parameter_size"]?.text,
            quantization: answer["details"]?["quantization_level"]?.text,
            capabilities: answer["capabilities"]?.elements?.compactMap(\.text) ?? [])
    }

    /// The models in memory.
    package func loaded() async throws(ProviderError) -> [OllamaLoadedModel] {
        let answer = try await client.json(call("listing loaded models", .get, "/api/ps"))
        guard let entries = answer["models"]?.elements else { throw noList() }
        return entries.compactMap { entry in
            guard let name = entry["model"]?.text ?? entry["name"]?.text else { return nil }
            return OllamaLoadedModel(
                name: name, size: entry["size"]?.int ?? 0, videoSize: entry["size_vram"]?.int ?? 0,
                contextTokens: entry["context_length"]?.int, expiresAt: entry["expires_at"]?.text)
        }
    }

    /// Loads a model with the window given and keeps it in memory for a number of seconds; 0 unloads it.
    package func load(_ model: String, contextTokens: Int? = nil, keepSeconds: Int) async throws(ProviderError) {
        let body = JSON.members([
            "model": .string(model), "keep_alive": .int(keepSeconds), "stream": .bool(false),
            "options": contextTokens.map { .members(["num_ctx": .int($0)]) },
        ])
        let activity = keepSeconds == 0 ? "unloading a model" : "loading a model"
        let answer = try await client.json(call(activity, .post, "/api/generate", body: body, model: model))
        if let error = ErrorBody(answer) { throw malformed(activity, model, error.message) }
        guard answer["done"]?.bool == true else { throw malformed(activity, model, "the answer is not marked as done") }
    }

    package func delete(_ model: String) async throws(ProviderError) {
        let body = JSON.members(["model": .string(model)])
        try await client.send(call("deleting a model", .delete, "/api/delete", body: body, model: model)) { _ in }
    }

    /// Downloads a model. Only the status `success` at the end is success. An interrupted download goes on where it
    /// stopped when it is asked for again.
    package func pull(
        _ model: String, onProgress: @escaping @Sendable (PullProgress) -> Void
    ) async throws(ProviderError) {
        let body = JSON.members(["model": .string(model), "stream": .bool(true)])
        let outcome = try await client.send(call("downloading a model", .post, "/api/pull", body: body, model: model)) {
            answer in
            var pull = PullReader()
            for try await piece in answer.body {
                for progress in try pull.feed(piece) { onProgress(progress) }
            }
            for progress in try pull.finish() { onProgress(progress) }
            return pull.outcome
        }
        if let outcome {
            throw ProviderError(
                outcome.code, activity: "downloading a model", provider: descriptor.id, model: model, status: 200,
                billing: .notBilled, detail: SafeText.line(outcome.detail, key: nil, request: nil))
        }
    }

    private func malformed(_ activity: String, _ model: String?, _ detail: String) -> ProviderError {
        ProviderError(
            .malformedAnswer, activity: activity, provider: descriptor.id, model: model, status: 200,
            billing: .notBilled,
            detail: SafeText.line(detail, key: nil, request: nil))
    }
}

/// Reads the lines of a download.
struct PullReader {
    private var lines = NDJSON(limit: 1 << 20)
    private var lastStatus = ""
    private var error: String?

    /// Nil for success, else what went wrong.
    var outcome: AnswerFault? {
        if let error {
            // The registry's word for a name it does not have.
            let isAbsent = error.contains("file does not exist") || error.contains("not found")
            return AnswerFault(isAbsent ? .modelNotFound : .serverFailed, billing: .notBilled, error)
        }
        guard lastStatus != "success" else { return nil }
        return AnswerFault(
            .connectionLost, billing: .notBilled, "the download ended at '\(lastStatus)', not with success")
    }

    mutating func feed(_ bytes: [UInt8]) throws -> [PullProgress] { try lines.feed(bytes).compactMap { try read($0) } }
    mutating func finish() throws -> [PullProgress] { try lines.finish().flatMap { try read($0) }.map { [$0] } ?? [] }

    private mutating func read(_ line: [UInt8]) throws(AnswerFault) -> PullProgress? {
        let object = try WireClient.parse(line)
        if let found = ErrorBody(object) {
            error = error ?? found.message
            return nil
        }
        guard let status = object["status"]?.text else { return nil }
        lastStatus = status
        return PullProgress(
            status: SafeText.line(status, key: nil, request: nil), layer: object["digest"]?.text,
            completed: max(0, object["completed"]?.int ?? 0), total: object["total"]?.int)
    }
}

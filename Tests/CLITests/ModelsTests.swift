import Foundation
import TestSupport
import Testing

/// `secorch models` against a loopback server that speaks Ollama's protocol.
@Suite struct ModelsTests {
    private func program(_ server: ScriptedOllama?, models: String = "[]", more: String = "") throws -> Program {
        let program = try Program()
        let address = server?.url ?? "http://127.0.0.1:9"
        let text = "providers:\n  - {id: own, protocol: ollama, base_url: '\(address)', models: \(models)}\n\(more)\n"
        try program.folder.write(text, to: "home/.config/secorch/secorch.yaml")
        return program
    }

    /// The server lives as long as the body runs.
    private func withOllama(
        models: String = "[]", more: String = "", _ body: (Program, ScriptedOllama) throws -> Void
    ) throws {
        let server = try ScriptedOllama()
        try withExtendedLifetime(server) { try body(try program(server, models: models, more: more), server) }
    }

    private func objects(_ result: ProcessResult) throws -> [String: [String: Any]] {
        let lines = try result.text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        return Dictionary(lines.map { ($0["id"] as? String ?? "", $0) }) { first, _ in first }
    }

    // MARK: list and show

    private static let cloud = """
          - id: or
            protocol: openrouter
            models: [{id: qwen/qwen3-coder}, {id: 'some/model:free'}, {id: a/new-preview}, {id: x/y, input_usd_per_mtok: 1, output_usd_per_mtok: 2}]
          - {id: ant, protocol: anthropic, models: [{id: claude-sonnet-4-5}, {id: claude-haiku-5-5}]}
        """

    @Test func pricesAndClassesAreKnownWithoutAskingAnybody() throws {
        var program = try program(
            nil, models: "[{id: 'qwen3-coder:30b'}, {id: 'qwen3-coder:480b-cloud'}]", more: Self.cloud)
        program.environment["SOURCE_DATE_EPOCH"] = "1795800000"  // 2026-11-27
        let result = try program.run("models", "list", "--json")
        #expect(result.status == 0, "\(result.errorText)")
        let models = try objects(result)
        func price(_ id: String) -> [String: Any] { models[id]?["price"] as? [String: Any] ?? [:] }
        func input(_ id: String) -> String? {
            (price(id)["tiers"] as? [[String: Any]])?.first?["input_usd_per_mtok"] as? String
        }
        #expect(models["own/qwen3-coder:30b"]?["class"] as? String == "local")
        #expect(models["own/qwen3-coder:30b"]?["leaves_host"] as? Bool == false)
        #expect(price("own/qwen3-coder:30b")["source"] as? String == "not charged per token")
        #expect(models["own/qwen3-coder:480b-cloud"]?["retired"] as? Bool == true)
        #expect(models["own/qwen3-coder:480b-cloud"]?["successor"] as? String == "qwen3.5:397b-cloud")
        #expect(models["own/qwen3-coder:480b-cloud"]?["leaves_host"] as? Bool == true)
        #expect(input("or/qwen/qwen3-coder") == "0.22", "the service is known by its host, not by the user's id")
        #expect(
            (price("or/qwen/qwen3-coder")["source"] as? String)?.hasPrefix("price table published prices of") == true)
        #expect(price("or/some/model:free")["known"] as? Bool == false, "no list says so, and no name is a price")
        #expect(models["or/some/model:free"]?["class"] as? String == "free")
        #expect(models["or/a/new-preview"]?["class"] as? String == "preview")
        #expect(price("or/x/y")["source"] as? String == "configuration")
        #expect(models["ant/claude-sonnet-4-5"]?["retires_on"] as? String == "2026-11-30")
        #expect(models["ant/claude-sonnet-4-5"]?["retired"] as? Bool == false)
        #expect((price("ant/claude-haiku-5-5")["tiers"] as? [Any])?.count == 2)
        #expect(models.values.allSatisfy { $0["status"] as? String == "not asked" })
        let text = try program.run("models").text
        #expect(text.contains("own/qwen3-coder:480b-cloud") && text.contains("RETIRED on 2026-07-15"))
    }

    @Test func checkAndAllSayWhatTheProviderHas() throws {
        try withOllama(models: "[{id: llama3.1}, {id: 'gone:7b'}]") { program, _ in
            let checked = try program.run("models", "list", "--check", "--json")
            #expect(checked.status == 3, "a configured model is missing")
            let models = try objects(checked)
            #expect(models["own/llama3.1"]?["status"] as? String == "available", "listed with the tag it stands for")
            #expect(models["own/gone:7b"]?["status"] as? String == "missing")
            #expect(models.count == 2)
            let all = try objects(try program.run("models", "list", "--all", "--json"))
            #expect(all.count == 5)
            #expect(all["own/alias:latest"]?["leaves_host"] as? Bool == true, "the daemon says that it passes it on")
            #expect(all["own/alias:latest"]?["configured"] as? Bool == false)
            let local = try objects(try program.run("models", "list", "--all", "--json", "--local-only"))
            #expect(local["own/alias:latest"]?["status"] as? String == "refused")
            #expect(local["own/qwen3-coder:30b"]?["status"] as? String == "available")
        }
    }

    @Test func aProviderThatDoesNotAnswerIsNamed() throws {
        let program = try program(nil, models: "[{id: m}]")
        let result = try program.run("models", "list", "--check")
        #expect(result.status == 3)
        #expect(result.text.contains("own/m") && result.text.contains("provider unreachable"))
        #expect(result.errorText.contains("listing models at own: connection failed"))
        for command in [["ps"], ["pull", "m"], ["rm", "m"]] {
            let result = try program.run(["models"] + command)
            #expect(result.status == 3 && result.errorText.contains("connection failed"), "\(result.errorText)")
            #expect(result.errorText.split(separator: "\n").count == 1)
        }
    }

    @Test func showSaysEverythingAboutOneModel() throws {
        try withOllama(more: Self.cloud) { program, _ in
            let result = try program.run("models", "show", "own/qwen3-coder:30b")
            #expect(result.status == 0, "\(result.errorText)")
            for words in ["30.5B", "Q4_K_M", "262144 tokens", "available", "not charged per token"] {
                #expect(result.text.contains(words), "\(words)")
            }
            let json = try objects(try program.run("models", "show", "own/alias", "--json"))
            #expect(
                (json["own/alias:latest"]?["server"] as? [String: Any])?["remote_host"] as? String
                    == "https://ollama.com")
            let refused = try program.run("models", "show", "own/alias", "--local-only")
            #expect(refused.status == 2 && refused.errorText.contains("not allowed in a local-only run"))
            let unknown = try program.run("models", "show", "own/nothing")
            #expect(unknown.status == 2 && unknown.errorText.contains("model not found"), "\(unknown.errorText)")
        }
    }

    // MARK: pull

    @Test func aDownloadTellsHowItGetsOn() throws {
        try withOllama { program, _ in
            let result = try program.run("models", "pull", "tiny:1b")
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.text == "own/tiny:1b  downloaded\n")
            let lines = result.errorText.split(separator: "\n")
            for words in ["pulling manifest", "0 % of 4.7 GB", "50 % of 4.7 GB", "100 % of 4.7 GB", "writing manifest"]
            {
                #expect(lines.contains { $0.contains(words) }, "\(words)")
            }
            #expect(lines.count == 15, "a line per step and tenth, however often the server reports")
            #expect(!result.errorText.contains("\u{1B}"), "no moving line where there is no terminal")
            let quiet = try program.run("models", "pull", "tiny:1b", "--quiet", "--json")
            #expect(quiet.errorText.isEmpty)
            #expect(quiet.text.contains("\"status\":\"downloaded\",\"bytes\":4700000000"))
            #expect(try objects(try program.run("models", "list", "--all", "--json"))["own/tiny:1b"] != nil)
        }
    }

    @Test(arguments: [
        ("full", 3, "server failed (HTTP 200): write /root/.ollama/models/blobs: no space left on device"),
        ("nowhere", 2, "model not found (HTTP 200): pull model manifest: file does not exist"),
        ("half", 3, "not with success"), ("html", 3, "HTML"), ("cut", 3, "connection lost"),
    ])
    func aDownloadThatFailsIsOneClearError(name: String, status: Int32, words: String) throws {
        try withOllama { program, _ in
            let result = try program.run("models", "pull", name, "--quiet")
            #expect(result.status == status && result.errorText.contains(words), "\(result.errorText)")
            #expect(result.errorText.hasPrefix("secorch: error: downloading a model at own/\(name): "))
            #expect(result.errorText.split(separator: "\n").count == 1 && result.text.isEmpty)
        }
    }

    @Test func aDownloadThatWasCutGoesOnWhereItStopped() throws {
        try withOllama { program, server in
            #expect(try program.run("models", "pull", "cut").status == 3)
            let again = try program.run("models", "pull", "cut")
            #expect(again.status == 0 && again.errorText.contains("60 %") && !again.errorText.contains(" 0 %"))
            #expect(server.events == ["POST /api/pull cut", "POST /api/pull cut"], "nothing asks twice by itself")
        }
    }

    @Test func interruptingADownloadClosesTheConnection() throws {
        try withOllama { program, server in
            let process = try program.start(["models", "pull", "slow"])
            while server.events.isEmpty, process.isRunning { usleep(20_000) }
            kill(process.processIdentifier, SIGINT)
            process.waitUntilExit()
            #expect(process.terminationStatus == 3)
            while !server.events.contains("closed slow") { usleep(20_000) }
        }
    }

    // MARK: ps and rm

    @Test func whatIsInMemoryIsListedWithItsSizeAndExpiry() throws {
        try withOllama { program, _ in
            let text = try program.run("models", "ps").text
            for words in ["own/qwen3-coder:30b", "19.0 GB", "12.5 GB", "16384 tokens", "2026-11-27T20:00:00.123Z"] {
                #expect(text.contains(words), "\(words)")
            }
            let object = try objects(try program.run("models", "ps", "--json"))["own/qwen3-coder:30b"]
            #expect(object?["graphics_bytes"] as? Int == 12_500_000_000)
        }
    }

    @Test func whatIsRemovedIsGoneAndCannotBeRemovedTwice() throws {
        try withOllama { program, _ in
            #expect(try program.run("models", "rm", "llama3.1").text == "own/llama3.1  removed\n")
            let again = try program.run("models", "rm", "own/llama3.1")
            #expect(again.status == 2 && again.text.isEmpty)
            #expect(
                again.errorText
                    == "secorch: error: deleting a model at own/llama3.1: model not found (HTTP 404): model 'llama3.1' not found\n"
            )
        }
    }

    @Test func aModelIsKeptInMemoryAndUnloaded() throws {
        try withOllama { program, server in
            #expect(
                try program.run("models", "keep", "llama3.1", "--minutes", "5").text.hasSuffix("kept for 5 minutes\n"))
            #expect(try program.run("models", "keep", "llama3.1", "--minutes", "0").text == "own/llama3.1  unloaded\n")
            #expect(server.events.filter { $0.contains("/api/generate") }.count == 2)
            let absent = try program.run("models", "keep", "nobody")
            #expect(absent.status == 2 && absent.errorText.contains("model not found"))
            #expect(try program.run("models", "keep", "llama3.1", "--minutes", "-1").status == 2)
        }
    }

    // MARK: Whose model?

    @Test func aProtocolWithoutDownloadsIsOneClearError() throws {
        let program = try Program()
        try program.folder.write("providers:\n" + Self.cloud + "\n", to: "models.yaml")
        for (command, deed) in [("pull", "download models"), ("rm", "delete models")] {
            let result = try program.run("models", command, "or/qwen/qwen3-coder", "--config", "models.yaml")
            #expect(result.status == 2)
            #expect(
                result.errorText
                    == "secorch: error: only a provider with the protocol ollama can \(deed); 'or' speaks openrouter\n")
        }
        let loaded = try program.run("models", "ps", "--config", "models.yaml")
        #expect(loaded.status == 2 && loaded.errorText.contains("'or' speaks openrouter, 'ant' speaks anthropic"))
        let unknown = try program.run("models", "pull", "m", "--provider", "nobody", "--config", "models.yaml")
        #expect(
            unknown.status == 2 && unknown.errorText.contains("no provider 'nobody' is configured; there are: or, ant"))
        let ambiguous = try program.run("models", "show", "m", "--config", "models.yaml")
        #expect(ambiguous.status == 2 && ambiguous.errorText.contains("more than one provider fits (or, ant)"))
    }

    @Test func aLocalOnlyDownloadOfACloudModelIsRefusedBeforeAnythingIsSent() throws {
        try withOllama { program, server in
            let result = try program.run("models", "pull", "qwen3.5:397b-cloud", "--local-only")
            #expect(result.status == 2 && result.errorText.contains("not allowed in a local-only run"))
            #expect(server.events.isEmpty)
        }
    }

    // MARK: In a scan

    @Test func aRetiredModelIsSaidAndTheNextOneIsAsked() throws {
        let program = try Program()
        try program.folder.write("from tools import launch\nlaunch(1)\n", to: "target/a.py")
        let model = try ScriptedModel(program.folder)
        let daemon = "  - {id: own, protocol: ollama, models: [{id: 'qwen3-coder:480b-cloud'}]}"
        let text = model.configuration() + "\n\(daemon)\nselection: {task: code analysis, prefer: [wanted, scripted]}\n"
        try program.folder.write(text, to: "models.yaml")
        #expect(try program.scan("target", "--config", "models.yaml").status == 0)
        #expect(model.billed.count == 1)
        let markdown = try program.text("out/report.md")
        for words in [
            "retired on 2026-07-15", "names qwen3.5:397b-cloud in its place", "wanted is at no configured provider",
        ] {
            #expect(markdown.contains(words), "\(words)")
        }
    }
}

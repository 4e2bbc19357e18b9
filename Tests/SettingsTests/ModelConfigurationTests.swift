import OrchestratorCore
import Settings
import Testing

@Suite struct ModelConfigurationTests {
    private let loader = ConfigurationLoader(reader: YAMLReader())

    private func load(_ text: String) throws(DocumentError) -> ScanConfiguration {
        try loader.load(text, file: "secorch.yaml", environment: [:])
    }

    // MARK: Models

    @Test func everyKeyOfAModelIsRead() throws {
        let configuration = try load(
            """
            providers:
              - id: cloud
                protocol: anthropic
                api_key: env:KEY
                models:
                  - id: large
                    class: preview
                    context_tokens: 200000
                    max_output_tokens: 8000
                    structured_output: true
                    reasoning: true
                    prompt_caching: true
                    specialities: [BPMN, code analysis]
                    retires_on: 2028-02-29
                    input_usd_per_mtok: 3
                    output_usd_per_mtok: 15
                    cache_read_usd_per_mtok: 0.30
                    cache_write_usd_per_mtok: 3.75
            """)
        let model = try #require(configuration.models.first)
        #expect(model.modelClass == .preview)
        #expect(model.capabilities == [.streaming, .structuredOutput, .reasoning, .promptCaching])
        #expect(model.specialities == [.bpmn, .codeAnalysis])
        #expect(model.retiresOn == "2028-02-29")
        let tier = try #require(model.price.schedule?.tiers.first)
        #expect(tier.cacheRead?.decimalText == "0.3")
        #expect(tier.cacheWrite?.decimalText == "3.75")
    }

    @Test(arguments: [
        ("retires_on: 2027-02-29", "secorch.yaml:5:29: 'retires_on' must be a date such as 2027-01-31"),
        ("retires_on: soon", "'retires_on' must be a date"),
        ("retires_on: 2027-13-01", "'retires_on' must be a date"),
        ("specialities: [poetry]", "'specialities' takes code analysis"),
        ("reasoning: perhaps", "'reasoning' must be true or false"),
        ("cache_read_usd_per_mtok: 0.1", "expected both 'input_usd_per_mtok' and 'output_usd_per_mtok'"),
        ("cache_write_usd_per_mtok: -1", "'cache_write_usd_per_mtok': expected an amount that is not negative"),
    ])
    func aMistakeInAModelIsNamedWithItsPlace(line: String, problem: String) {
        expect(
            problem,
            of: """
                providers:
                  - id: a
                    protocol: anthropic
                    models:
                      - {id: m, \(line)}
                """)
    }

    private func expect(_ problem: String, of text: String) {
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    // MARK: Custom protocols

    private static let custom = """
        providers:
          - id: house
            protocol: custom
            base_url: http://127.0.0.1:8089
            api_key: env:KEY
            models: [{id: m, structured_output: true}]
            template:
              path: /ask?v=2
              headers: {x-token: "Key {{key}}", x-kind: plain}
              body:
                model: "{{model}}"
                question: "{{system}}: {{prompt}}"
                limit: "{{max_tokens}}"
                options: {raw: true, quoted: "true", top_p: 0.90, big: 1e400, none: null, mark: ~, words: [yes, "1", 2]}
                text: "{{ not a name }} {{{"
              answer:
                text: out.0.text
                finish: why
                length_values: [cut]
                input_tokens: count.in
                output_tokens: count.out
                cached_tokens: count.cached
                model: name
                error: fault
        """

    @Test func aCustomProtocolIsReadWithItsValuesAsTheyAreWritten() throws {
        let configuration = try load(Self.custom)
        let template = try #require(configuration.providers.first?.template)
        #expect(template.path == "/ask?v=2")
        #expect(template.headers.map(\.name) == ["x-token", "x-kind"])
        let options = try #require(template.body["options"]?.members)
        let expected: KeyValuePairs<String, JSON> = [
            "raw": .bool(true), "quoted": .string("true"), "top_p": .number("0.90"), "big": .number("1e400"),
            "none": .null, "mark": .null, "words": .array([.string("yes"), .string("1"), .number("2")]),
        ]
        #expect(options == expected.map { JSON.Member($0.key, $0.value) })
        #expect(template.body["text"]?.text == "{{ not a name }} {{{")
        var paths = ProtocolTemplate.AnswerPaths(text: "out.0.text")
        (paths.finish, paths.lengthValues, paths.model, paths.error) = ("why", ["cut"], "name", "fault")
        (paths.inputTokens, paths.outputTokens, paths.cachedTokens) = ("count.in", "count.out", "count.cached")
        #expect(template.answer == paths)
        #expect(configuration.models.first?.capabilities == [.structuredOutput], "it cannot be streamed")
    }

    @Test(arguments: [
        ("path: /ask?v=2", "path: ask", "secorch.yaml:8:13: 'path' must start with a slash"),
        ("{{prompt}}", "{{promt}}", "secorch.yaml:12:19: 'body': unknown placeholder {{promt}}; expected one of"),
        ("{{system}}: {{prompt}}", "{{system}}", "'body' must hold {{prompt}} or {{messages}}"),
        ("model: \"{{model}}\"", "model: \"{{key}}\"", "'body': unknown placeholder {{key}}"),
        ("x-kind: plain", "x-kind: \"{{model}}\"", "secorch.yaml:9:49: 'x-kind': a header takes {{key}} only"),
        ("x-kind: plain", "\"x kind\": plain", "secorch.yaml:9:41: 'headers': 'x kind' is no header name"),
        ("x-kind: plain", "x-kind: \"a\\nb\"", "'x-kind' has a value that is not one line"),
        ("Key {{key}}", "Key", "so the provider's 'api_key' would never be sent"),
        ("    api_key: env:KEY\n", "", "'x-token': {{key}} needs the provider's 'api_key'"),
        ("text: out.0.text", "texts: out.0.text", "secorch.yaml:17:9: expected the key 'text'"),
        ("finish: why", "finish: why..not", "'finish' must be a path such as choices.0.message.content"),
        ("cached_tokens:", "cached:", "unknown key 'cached'"),
        ("protocol: custom", "protocol: openai", "'template' is for the protocol custom only"),
        ("    template:", "    templates:", "the protocol custom needs the key 'template'"),
        ("base_url: http://127.0.0.1:8089", "kind: local", "the protocol custom needs the key 'base_url'"),
    ])
    func aMistakeInACustomProtocolIsNamedWithItsPlace(part: String, replacement: String, problem: String) {
        expect(problem, of: Self.custom.replacing(part, with: replacement))
    }
}

import OrchestratorCore
import Rules

/// The question whether claims of a first model hold, put to a second.
struct VerifyPrompt {
    let instructions: String
    let file: ReviewedFile
    /// They are called C1, C2 and so on.
    let claims: [ChunkAnswer.Claim]

    /// Over everything that shapes the answer, but for the model and the nonce.
    var digest: Digest {
        Digest(parts: ["verify", instructions, claimList, file.block(nonce: "")])
    }

    func key(_ model: ModelID, maxOutput: Int) -> Digest {
        Digest(parts: ["completion", model.description, String(maxOutput), digest.hex])
    }

    func request(_ model: ModelDescriptor, maxOutput: Int, nonce: String) -> CompletionRequest {
        let question =
            "Nonce: \(nonce)\nA part follows under a line that begins with \"=== \(nonce)\".\n\n"
            + file.block(nonce: nonce) + "=== \(nonce) CLAIMS\n" + claimList
            + "=== \(nonce) END\n\nJudge each claim. Answer with the JSON object only; its nonce is \(nonce)."
        return CompletionRequest(
            model: model, system: instructions, messages: [.init(.user, question)], maxOutputTokens: maxOutput,
            schema: Self.schema, temperature: 0, seed: 1)
    }

    private var claimList: String {
        claims.enumerated().map { index, claim in
            "C\(index + 1): \(file.name) lines \(file.firstLine + claim.firstLine)-"
                + "\(file.firstLine + claim.lastLine), CWE-\(claim.weakness): "
                + VisibleText.of(claim.title + " " + claim.why) + "\n"
        }.joined()
    }

    /// The verdicts of an answer by claim: nil where it has the wrong shape or another nonce. Who confirms without a quote
    /// that occurs in the code is unsure.
    func verdicts(in completion: Completion, nonce: String, model: ModelID) -> [ClaimVerdict]? {
        guard !completion.isInputTruncated, !completion.isRefused,
            let answer = AnswerJSON.object(in: completion.text), answer["nonce"]?.text == nonce,
            let items = answer["verdicts"]?.elements
        else { return nil }
        var verdicts = claims.map { _ in
            ClaimVerdict(model: model, ruling: .unsure, why: "the answer says nothing of it")
        }
        for item in items {
            guard let name = item["claim"]?.text, name.hasPrefix("C"), let number = Int(name.dropFirst()),
                claims.indices.contains(number - 1),
                let ruling = item["ruling"]?.text.flatMap(ClaimVerdict.Ruling.init)
            else { continue }
            let stated = file.firstLine + claims[number - 1].firstLine
            let isQuoted = EvidenceCheck(file).lines(of: item["quote"]?.text ?? "", near: stated) != nil
            verdicts[number - 1] = ClaimVerdict(
                model: model, ruling: isQuoted ? ruling : .unsure,
                why: isQuoted ? AnswerJSON.short(item["why"]) : "its quote does not occur in the code")
        }
        return verdicts
    }

    private static let schema: CompletionRequest.Schema = {
        let rulings = JSON.strings(ClaimVerdict.Ruling.allCases.map(\.rawValue))
        let verdict = JSONSchema.object([
            "claim": JSONSchema.text(8), "ruling": .members(["type": .string("string"), "enum": rulings]),
            "quote": JSONSchema.text(400), "why": JSONSchema.text(400),
        ])
        return CompletionRequest.Schema(
            name: "verdicts",
            schema: JSONSchema.object([
                "nonce": JSONSchema.text(32), "verdicts": JSONSchema.array(of: verdict, atMost: 50),
            ]))
    }()
}

/// The few forms of JSON Schema that every structured-output server understands.
enum JSONSchema {
    static func text(_ limit: Int) -> JSON { .members(["type": .string("string"), "maxLength": .int(limit)]) }

    static func integer(_ range: ClosedRange<Int>) -> JSON {
        .members(["type": .string("integer"), "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    }

    static func array(of items: JSON, atMost limit: Int? = nil) -> JSON {
        .members(["type": .string("array"), "maxItems": limit.map(JSON.int), "items": items])
    }

    /// All members are required and no others allowed.
    static func object(_ properties: KeyValuePairs<String, JSON?>) -> JSON {
        .members([
            "type": .string("object"), "additionalProperties": .bool(false),
            "required": .strings(properties.map(\.key)), "properties": .members(properties),
        ])
    }
}

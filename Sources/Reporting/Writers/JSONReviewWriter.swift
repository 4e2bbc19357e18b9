import OrchestratorCore

/// The model's part in `report.json`.
extension ReviewSummary {
    var json: JSONValue {
        [
            "model": .string(model), "price_source": .string(priceSource), "scope": .string((scope ?? .all).rawValue),
            "parts": .number(chunks),
            "reviewed": .number(reviewed), "reused": .number(reused), "stale": .number(stale),
            "copies": .number(copies), "answers": answersJSON, "claims": .number(claims),
            "rejected": .number(rejected), "agreements": .number(agreements),
            "unconfirmed": .array(unconfirmed.map(\.json)), "verifier": .optional(verifier),
            "confirmed": .number(confirmed), "refuted": .number(refuted), "unverified": .strings(unverified),
            "absent": .strings(absent), "downgrade": .optional(downgrade), "requests": .number(requests),
            "input_tokens": .number(inputTokens),
            "output_tokens": .number(outputTokens), "settled_nanodollars": .number(Int(settled.nanodollars)),
            "uncertain_nanodollars": .number(Int(uncertain.nanodollars)),
            "budget_nanodollars": budget.map { .number(Int($0.nanodollars)) } ?? .null,
            "gaps": .array(gaps.map(\.json)),
        ]
    }

    private var answersJSON: JSONValue {
        .array(
            ways.map { model, way, count in
                ["model": .string(model), "way": .string(way), "parts": .number(count)]
            })
    }

    /// Who answered how many chunks in which way, by model and then by way.
    var ways: [(model: String, way: String, count: Int)] {
        answers.sorted { $0.key < $1.key }.flatMap { model, ways in
            ways.sorted { $0.key < $1.key }.map { (model, $0.key, $0.value) }
        }
    }
}

extension ReviewSummary.Gap {
    fileprivate var json: JSONValue {
        [
            "path": .string(path.text), "first_line": .number(firstLine), "last_line": .number(lastLine),
            "reason": .string(reason),
        ]
    }
}

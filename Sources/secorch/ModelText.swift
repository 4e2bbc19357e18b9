import OrchestratorCore
import Pipeline

/// Models in words and in JSON.
enum ModelText {
    static func line(_ model: ModelDescriptor) -> String {
        [
            model.modelClass.rawValue, window(model), price(model.price),
            model.leavesHost ? "leaves this machine" : "stays on this machine",
        ].joined(separator: "  ")
    }

    static func line(_ surveyed: SurveyedModel) -> String {
        ([surveyed.model.id.description, line(surveyed.model)]
            + [retirement(surveyed), status(surveyed), surveyed.isConfigured ? nil : "not configured"].compactMap { $0 })
            .joined(separator: "  ")
    }

    static func window(_ model: ModelDescriptor) -> String {
        model.contextTokens.map { "\($0) tokens" } ?? "window unknown"
    }

    static func price(_ price: ModelPrice) -> String {
        guard let schedule = price.schedule else { return "price unknown" }
        guard let tier = schedule.tiers.first else { return "free (\(schedule.source))" }
        let more = schedule.tiers.count > 1 ? ", more for long input" : ""
        return "in \(tier.input), out \(tier.output)\(more) (\(schedule.source))"
    }

    /// Nil where no last day is known.
    static func retirement(_ surveyed: SurveyedModel) -> String? {
        guard let date = surveyed.model.retiresOn else { return nil }
        guard surveyed.isRetired else { return "retires on \(date)" }
        return "RETIRED on \(date)" + (surveyed.successor.map { ", succeeded by \($0)" } ?? "")
    }

    /// Nil where the provider was not asked.
    static func status(_ surveyed: SurveyedModel) -> String? {
        switch surveyed.status {
        case .notAsked: nil
        case .available: "available"
        case .missing: "missing: the provider does not offer it"
        case .unreachable(let error): "provider unreachable: \(error)"
        case .refused: "refused: it leaves this machine"
        }
    }

    // MARK: JSON

    static func object(_ surveyed: SurveyedModel) -> [(String, JSONValue)] {
        let model = surveyed.model
        return [
            ("id", .string(model.id.description)), ("provider", .string(model.id.provider)),
            ("model", .string(model.id.name)), ("class", .string(model.modelClass.rawValue)),
            ("configured", .bool(surveyed.isConfigured)), ("status", .string(name(surveyed.status))),
            ("status_detail", .optional(detail(surveyed.status))),
            ("context_tokens", number(model.contextTokens)), ("max_output_tokens", number(model.maxOutputTokens)),
            ("capabilities", .strings(model.capabilities.map(\.rawValue).sorted())),
            ("price", object(model.price)), ("leaves_host", .bool(model.leavesHost)),
            ("retires_on", .optional(model.retiresOn)), ("retired", .bool(surveyed.isRetired)),
            ("successor", .optional(surveyed.successor)),
        ]
    }

    static func number(_ value: Int?) -> JSONValue { value.map(JSONValue.number) ?? .null }

    private static func name(_ status: SurveyedModel.Status) -> String {
        switch status {
        case .notAsked: "not asked"
        case .available: "available"
        case .missing: "missing"
        case .unreachable: "unreachable"
        case .refused: "refused"
        }
    }

    private static func detail(_ status: SurveyedModel.Status) -> String? {
        if case .unreachable(let error) = status { error.description } else { nil }
    }

    /// Amounts are texts: exact, and no reader rounds them.
    private static func object(_ price: ModelPrice) -> JSONValue {
        switch price {
        case .unknown(let reason): ["known": .bool(false), "reason": .string(reason)]
        case .known(let schedule):
            [
                "known": .bool(true), "source": .string(schedule.source.description),
                "per_request_usd": .string(schedule.perRequest.decimalText),
                "tiers": .array(schedule.tiers.map(object)),
            ]
        }
    }

    private static func object(_ tier: PriceSchedule.Tier) -> JSONValue {
        [
            "above_input_tokens": .number(tier.aboveInputTokens),
            "input_usd_per_mtok": .string(tier.input.decimalText),
            "output_usd_per_mtok": .string(tier.output.decimalText),
            "cache_read_usd_per_mtok": .optional(tier.cacheRead?.decimalText),
            "cache_write_usd_per_mtok": .optional(tier.cacheWrite?.decimalText),
        ]
    }
}

/// Amounts of memory and disk for people.
enum ByteText {
    /// "4.7 GB"; decimal units.
    static func of(_ count: Int) -> String {
        var (value, unit) = (Double(max(0, count)), 0)
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        guard unit > 0 else { return "\(count) B" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

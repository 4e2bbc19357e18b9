import OrchestratorCore

/// What a status other than success means. Nothing but a clear refusal counts as not billed: after 408, 500, 502, 504
/// and their kin the model may have run.
enum StatusTable {
    static func fault(status: Int, body: ErrorBody?, retryAfter: Duration?) -> AnswerFault {
        let (code, isBilled) = meaning(status, body)
        return AnswerFault(
            code, billing: isBilled ? .unknown : .notBilled, body?.message ?? "",
            retryAfter: retryAfter ?? body?.retryAfter)
    }

    private static func meaning(_ status: Int, _ body: ErrorBody?) -> (ProviderError.Code, mayBeBilled: Bool) {
        switch status {
        case 300..<400: (.redirected, false)
        case 401: (.authentication, false)
        case 402: (.quotaExhausted, false)
        case 403: (body.map(isContent) == true ? .contentRefused : .permission, false)
        case 404: (.modelNotFound, false)
        case 408, 504, 524: (.timedOut, true)
        case 409: (.unavailable, false)
        case 429: (body.map(isQuota) == true ? .quotaExhausted : .throttled, false)
        case 424, 499: (.serverFailed, true)
        case 503, 529: (.unavailable, false)
        case 500 where body.map(isOverflow) == true: (.contextOverflow, false)
        case 500...599: (.serverFailed, true)
        case 413: (.contextOverflow, false)
        case 400..<500: (refusal(body), false)
        default: (.malformedAnswer, true)
        }
    }

    /// What a refused request was refused for.
    private static func refusal(_ body: ErrorBody?) -> ProviderError.Code {
        guard let body else { return .badRequest }
        if isOverflow(body) { return .contextOverflow }
        if body.mentions("model_not_found", "is not supported by any provider", "model not found") {
            return .modelNotFound
        }
        return isContent(body) ? .contentRefused : .badRequest
    }

    static func isOverflow(_ body: ErrorBody) -> Bool {
        body.mentions(
            "context_length_exceeded", "exceed_context_size_error", "maximum context length", "token_limit_exceeded",
            "string_too_long", "prompt is too long", "prompt is longer than the context",
            "exceeds the available context size",
            "model_context_window_exceeded", "trying to keep the first")
    }

    static func isQuota(_ body: ErrorBody) -> Bool {
        body.mentions(
            "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "enforced_spend_limit_reached",
            "payment_required", "usage limit")
    }

    static func isContent(_ body: ErrorBody) -> Bool {
        body.mentions(
            "content_policy_violation", "content_filter", "refusal", "moderation", "flagged", "prompt injection")
    }
}

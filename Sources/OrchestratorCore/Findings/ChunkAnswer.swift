/// What a model said of one chunk. Kept under everything that shaped it, so that an unchanged chunk is not sent again.
package struct ChunkAnswer: Sendable, Hashable, Codable {
    /// How the answer was come by.
    package enum Way: String, Sendable, Codable, CaseIterable {
        /// From the model that was to be asked.
        case first
        /// At the second try, after an answer of the wrong shape.
        case repaired
        /// From another model, since the first could not answer.
        case failover
        /// From a stronger model, since the first did not prove that it had read the text.
        case escalated
    }

    /// A weakness whose evidence was found.
    package struct Claim: Sendable, Hashable, Codable {
        /// Counted from the first line of the chunk, which is 0: the same text may stand elsewhere tomorrow.
        package let firstLine: Int
        package let lastLine: Int
        package let weakness: Int
        package let title: String
        package let why: String
        package let fix: String

        package init(firstLine: Int, lastLine: Int, weakness: Int, title: String, why: String, fix: String) {
            self.firstLine = firstLine
            self.lastLine = lastLine
            self.weakness = weakness
            self.title = title
            self.why = why
            self.fix = fix
        }
    }

    package let model: ModelID
    /// The run that asked.
    package let run: String
    package let way: Way
    /// Why the answer does not prove that the text was read to its end; nil where it does.
    package let doubt: String?
    package let claims: [Claim]
    /// Claims whose evidence was not found.
    package let rejected: Int

    package init(model: ModelID, run: String, way: Way, doubt: String?, claims: [Claim], rejected: Int) {
        self.model = model
        self.run = run
        self.way = way
        self.doubt = doubt
        self.claims = claims
        self.rejected = rejected
    }

    package var isProven: Bool { doubt == nil }
}

/// What a second model said of a claim.
package struct ClaimVerdict: Sendable, Hashable, Codable {
    package enum Ruling: String, Sendable, Codable, CaseIterable {
        case confirmed, refuted, unsure
    }

    package let model: ModelID
    package let ruling: Ruling
    package let why: String

    package init(model: ModelID, ruling: Ruling, why: String) {
        self.model = model
        self.ruling = ruling
        self.why = why
    }
}

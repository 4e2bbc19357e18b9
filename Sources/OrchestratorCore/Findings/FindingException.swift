/// An entry of an exceptions file: what somebody decided about findings, why, and until when.
package struct FindingException: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case falsePositive = "false_positive"
        case acceptedRisk = "accepted_risk"
        /// The findings stay open with another severity.
        case severity

        /// For people.
        package var title: String { rawValue.replacing("_", with: " ") }
    }

    /// The findings it speaks of: one by its id, or those of a rule in the paths of a pattern.
    package enum Scope: Hashable, Sendable, Codable {
        case finding(String)
        case rule(String, paths: String)
    }

    package let scope: Scope
    package let kind: Kind
    /// The new severity; nil but for `severity`.
    package let severity: Severity?
    package let reason: String
    package let author: String
    package let approver: String?
    /// The last day on which it holds, as `2027-03-31`.
    package let until: String
    /// Where the entry begins in its file; 1-based.
    package let line: Int

    package init(
        scope: Scope, kind: Kind, severity: Severity?, reason: String, author: String, approver: String?, until: String,
        line: Int
    ) {
        self.scope = scope
        self.kind = kind
        self.severity = severity
        self.reason = reason
        self.author = author
        self.approver = approver
        self.until = until
        self.line = line
    }

    /// Whether somebody else approved it. Names differ if they do so in more than case and spaces.
    package var hasSecondPerson: Bool {
        guard let approver else { return false }
        let names = [author, approver].map { $0.lowercased().filter { !$0.isWhitespace } }
        return !names[1].isEmpty && names[0] != names[1]
    }

    /// What it speaks of, in words.
    package var subject: String {
        switch scope {
        case .finding(let id): "finding \(id)"
        case .rule(let rule, let paths): "\(rule) in \(paths)"
        }
    }
}

/// An exception as a run took it.
package struct AppliedException: Hashable, Sendable {
    package enum Standing: String, Sendable, Codable, CaseIterable {
        case inForce = "in force"
        /// Its last day was before the run.
        case expired
        /// It lacks the second person that the configuration asks for.
        case refused
        /// The run was told to honour nothing.
        case switchedOff = "switched off"
    }

    package let entry: FindingException
    package let standing: Standing
    /// The findings of the run it speaks of, whether or not it has an effect.
    package let matched: Int

    package init(entry: FindingException, standing: Standing, matched: Int) {
        self.entry = entry
        self.standing = standing
        self.matched = matched
    }

    /// What is wrong with it, in words; nil for one that does its work.
    package var problem: String? {
        switch standing {
        case .expired: "expired after \(entry.until)" + (matched > 0 ? "; what it covered is open again" : "")
        case .refused: "refused: somebody other than \(entry.author) has to approve it"
        case .switchedOff: "switched off for this run"
        case .inForce: matched == 0 ? "unused: no finding matches" : nil
        }
    }
}

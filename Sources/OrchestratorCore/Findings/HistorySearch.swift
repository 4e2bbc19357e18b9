/// A commit that first held something.
package struct PastCommit: Hashable, Sendable, Codable {
    /// In full, hexadecimal.
    package let id: String
    /// When its author wrote it, as the commit says.
    package let authored: Timestamp

    package init(id: String, authored: Timestamp) {
        self.id = id
        self.authored = authored
    }
}

/// A secret in a version of a file, and a mark by which the same secret is known elsewhere.
package struct PastSecret: Hashable, Sendable, Codable {
    package let finding: Finding
    /// Keyed, so that it serves nobody to guess the secret.
    package let mark: String

    package init(finding: Finding, mark: String) {
        self.finding = finding
        self.mark = mark
    }
}

/// What was found in a version of a file.
package struct SearchedVersion: Hashable, Sendable, Codable {
    /// Complete, or why it was not searched in full.
    package let reason: CoverageReason
    package let secrets: [PastSecret]

    package init(reason: CoverageReason, secrets: [PastSecret]) {
        self.reason = reason
        self.secrets = secrets
    }
}

/// What was looked at in the commits behind a work tree. Every version of a file counts once, however many commits hold it.
package struct HistorySearch: Hashable, Sendable, Codable {
    /// The commit it began at; nil before the first.
    package let head: String?
    package var commits = 0
    package var versions = 0
    /// Of those: in the tree as they are, and searched there.
    package var inTree = 0
    package var searched = 0
    /// Why others were not searched -> how many.
    package var unsearched: [String: Int] = [:]
    /// True where the clone lacks its older commits.
    package var isShallow = false
    /// True where there are more versions than are looked at: the oldest were not.
    package var isCut = false
    /// Secrets that are gone from the tree, suppressed ones among them.
    package var secrets = 0
    /// Over all of them.
    package var digest = Digest(of: "")

    package init(head: String?) { self.head = head }

    /// Why a version was not searched although it should have been.
    package static let missing = "missing in this clone"
    package static let gaveUp = "a pattern exceeded its match limit"

    /// True where something of the history was out of reach.
    package var isIncomplete: Bool {
        isShallow || isCut || unsearched[Self.missing] != nil || unsearched[Self.gaveUp] != nil
    }
}

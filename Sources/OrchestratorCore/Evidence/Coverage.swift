/// What became of a file: every file in scope ends in exactly one state.
package enum CoverageState: String, Sendable, Codable, CaseIterable {
    /// Read in full and examined by every rule that applies to it.
    case analysed
    /// Left out by a rule somebody wrote: an ignore file, an option, the output folder.
    case excluded
    /// Nothing to examine, or not worth it by a stated policy: binary, generated, minified, a link.
    case skipped
    /// Should have been examined and was not.
    case notAssessed = "not assessed"
}

/// Why a file is in its state. The raw value is what reports print and scripts read.
package enum CoverageReason: String, Sendable, Codable, CaseIterable {
    // analysed
    case complete = "complete"
    case lexicalOnly = "lexical rules only"
    case noRules = "no rules for this language"
    case carriedOver = "carried over"
    // excluded
    case ignoreRule = "ignore rule"
    case outputFolder = "output or state folder"
    case unchangedSince = "unchanged since revision"
    // skipped
    case binary = "binary"
    case generated = "generated"
    case vendored = "vendored"
    case minified = "minified"
    case tooLarge = "too large"
    case symbolicLink = "symbolic link"
    case symbolicLinkLoop = "symbolic link loop"
    case linkOutsideRoot = "link outside the root"
    case brokenLink = "broken link"
    case specialFile = "special file"
    case submodule = "submodule"
    case nestedRepository = "nested repository"
    case absent = "tracked but absent"
    case empty = "empty"
    // not assessed
    case unreadable = "unreadable"
    case parseIncomplete = "parse incomplete"
    case ruleLimit = "rule limit"
    case ruleFailed = "rule failed"
    case changedDuringScan = "changed during the scan"

    /// The state each reason belongs to.
    package var state: CoverageState {
        switch self {
        case .complete, .lexicalOnly, .noRules, .carriedOver: .analysed
        case .ignoreRule, .outputFolder, .unchangedSince: .excluded
        case .unreadable, .parseIncomplete, .ruleLimit, .ruleFailed, .changedDuringScan: .notAssessed
        default: .skipped
        }
    }
}

/// A state with its reason and what only this file can say about it (a rule's place, a size, a link's target).
package struct Coverage: Hashable, Sendable, Codable {
    package let reason: CoverageReason
    package let detail: String

    package init(_ reason: CoverageReason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    package var state: CoverageState { reason.state }

    /// `reason: detail`, or the reason alone.
    package var explanation: String { detail.isEmpty ? reason.rawValue : "\(reason.rawValue): \(detail)" }
}

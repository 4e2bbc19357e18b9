/// A framework: its controls and, per control, the weaknesses that bear on it.
package struct RuleSet: Hashable, Sendable, Codable, Identifiable {
    /// As in `owasp-top10-2021`.
    package let id: String
    package let title: String
    /// Where there is little room: at most 20 characters.
    package let shortTitle: String
    package let version: String
    package let publisher: String
    package let licence: String
    package let url: String
    /// Digest of the canonical content, not of the file's spelling.
    package let digest: Digest
    /// What an overlay was made from, as it was then; nil for a framework of its own.
    package let base: Base?
    /// In the framework's own order.
    package let controls: [Control]

    package init(
        id: String, title: String, shortTitle: String, version: String, publisher: String, licence: String,
        url: String, digest: Digest, base: Base? = nil, controls: [Control]
    ) {
        self.id = id
        self.title = title
        self.shortTitle = shortTitle
        self.version = version
        self.publisher = publisher
        self.licence = licence
        self.url = url
        self.digest = digest
        self.base = base
        self.controls = controls
    }

    package struct Base: Hashable, Sendable, Codable {
        package let id: String
        package let digest: Digest

        package init(id: String, digest: Digest) {
            self.id = id
            self.digest = digest
        }
    }
}

/// One requirement of a framework.
package struct Control: Hashable, Sendable, Codable, Identifiable {
    /// Where the evidence that a control is met lies. Our judgement, not a publisher's.
    package enum Assessable: String, Sendable, Codable, CaseIterable {
        case code, config, process, physical
    }

    package let id: String
    package let title: String
    /// The family, theme or chapter; empty where the framework has none.
    package let group: String
    package let assessable: Assessable
    package let checkType: CheckType
    /// Our own words, at most one sentence; empty where there is none.
    package let summary: String
    /// True where running a code scan is itself part of what the control asks for.
    package let evidencedByScan: Bool
    /// True where the control binds only if personal data is processed.
    package let needsPersonalData: Bool
    package let mappings: [Mapping]
    /// What the organisation states about it; nil where it states nothing.
    package let applicability: Applicability?

    /// Whether a control applies to an organisation, and why or why not.
    package struct Applicability: Hashable, Sendable, Codable {
        package let isApplicable: Bool
        package let justification: String

        package init(isApplicable: Bool, justification: String) {
            self.isApplicable = isApplicable
            self.justification = justification
        }
    }

    package init(
        id: String, title: String, group: String, assessable: Assessable, checkType: CheckType, summary: String,
        evidencedByScan: Bool, needsPersonalData: Bool, mappings: [Mapping], applicability: Applicability? = nil
    ) {
        self.id = id
        self.title = title
        self.group = group
        self.assessable = assessable
        self.checkType = checkType
        self.summary = summary
        self.evidencedByScan = evidencedByScan
        self.needsPersonalData = needsPersonalData
        self.mappings = mappings
        self.applicability = applicability
    }

    /// The same control with other mappings, or with a statement about it.
    package func with(mappings: [Mapping]? = nil, applicability: Applicability? = nil) -> Control {
        Control(
            id: id, title: title, group: group, assessable: assessable, checkType: checkType, summary: summary,
            evidencedByScan: evidencedByScan, needsPersonalData: needsPersonalData,
            mappings: mappings ?? self.mappings, applicability: applicability ?? self.applicability)
    }
}

/// Why a weakness bears on a control, and how firmly that is known.
package struct Mapping: Hashable, Sendable, Codable {
    /// Weak alone never fails a control.
    package enum Strength: String, Sendable, Codable, CaseIterable, Comparable {
        case weak, moderate, strong, official

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        package static func < (left: Strength, right: Strength) -> Bool { left.rank < right.rank }
    }

    /// CWE number.
    package let weakness: Int
    /// Where the mapping comes from: `official:...`, `tool:...`, `derived:...` or `curated`.
    package let source: String
    package let strength: Strength
    /// The reasoning behind a curated row; may be empty.
    package let rationale: String

    package init(weakness: Int, source: String, strength: Strength, rationale: String) {
        self.weakness = weakness
        self.source = source
        self.strength = strength
        self.rationale = rationale
    }
}

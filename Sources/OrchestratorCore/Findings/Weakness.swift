/// An entry of the Common Weakness Enumeration (CWE 4.19.1, MITRE).
package struct Weakness: Hashable, Sendable, Codable {
    /// The number: 89 for CWE-89.
    package let id: Int
    package let name: String
    package let checkType: CheckType
    /// The primary parent in view 1000; nil at the top.
    package let parent: Int?
    /// True for categories and entries that MITRE advises against mapping findings to: nothing can show their absence.
    package private(set) var isGeneral = false
    /// The languages it can occur in; nil for all.
    package private(set) var languages: Set<Language>?

    package init(
        id: Int, name: String, checkType: CheckType, parent: Int?, isGeneral: Bool = false,
        languages: Set<Language>? = nil
    ) {
        self.id = id
        self.name = name
        self.checkType = checkType
        self.parent = parent
        self.isGeneral = isGeneral
        self.languages = languages
    }

    /// What runs keep of it: the rest serves judging only.
    private enum CodingKeys: String, CodingKey {
        case id, name, checkType, parent
    }

    package static func url(_ id: Int) -> String { "https://cwe.mitre.org/data/definitions/\(id).html" }
}

/// An entry of the Common Weakness Enumeration (CWE 4.19.1, MITRE).
package struct Weakness: Hashable, Sendable, Codable {
    /// The number: 89 for CWE-89.
    package let id: Int
    package let name: String
    package let checkType: CheckType
    /// The primary parent in view 1000; nil at the top.
    package let parent: Int?

    package init(id: Int, name: String, checkType: CheckType, parent: Int?) {
        self.id = id
        self.name = name
        self.checkType = checkType
        self.parent = parent
    }

    /// `CWE-89`; of 0, which another scanner's rule may stand under, that there is none.
    package static func label(_ id: Int) -> String { id > 0 ? "CWE-\(id)" : "no CWE named" }

    package static func url(_ id: Int) -> String { "https://cwe.mitre.org/data/definitions/\(id).html" }
}

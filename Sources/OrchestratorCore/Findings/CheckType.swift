/// The four kinds of check that every table can be read by.
package enum CheckType: String, Codable, Sendable, CaseIterable {
    case codeCompliance = "code_compliance"
    case dataProtection = "data_protection"
    case accessControl = "access_control"
    case encryptionStandards = "encryption_standards"

    package var title: String {
        switch self {
        case .codeCompliance: "Code compliance"
        case .dataProtection: "Data protection"
        case .accessControl: "Access control"
        case .encryptionStandards: "Encryption standards"
        }
    }
}

/// What a model is asked for.
package enum TaskKind: String, Codable, Sendable, CaseIterable {
    case codeAnalysis = "code analysis"
    case securityScan = "security scan"
    case generalQA = "general Q&A"
    case bpmn = "BPMN"
    case apiSecurity = "API security"
}

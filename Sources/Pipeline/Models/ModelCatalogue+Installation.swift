import OrchestratorCore
package import Providers
import Settings

extension ModelCatalogue {
    static let file = "rulesets/models.yaml"

    /// The catalogue of an installation. Throws `PipelineError`, `DocumentError` with the place of the first error.
    package init(_ installation: Installation) throws {
        let text = try installation.text(Self.file)
        self = try ModelCatalogueReader(reader: YAMLReader()).catalogue(text, file: Self.file)
    }
}

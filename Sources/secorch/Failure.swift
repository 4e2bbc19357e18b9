import Detection
import Ingestion
import OrchestratorCore
import Pipeline
import Providers
import Reporting
import Rules
import Store

/// Which exit code an error of the targets means.
enum Failure {
    static func isOurs(_ error: any Error) -> Bool {
        error is PipelineError || error is IngestionError || error is StoreError || error is ReportingError
            || error is DetectionError || error is RulesError || error is DocumentError || error is DescriptorError
            || error is ProviderError || error is BatchFileError
    }

    /// Nearly all of them name something the user can mend; what they cannot is ours.
    static func status(of error: any Error) -> ExitStatus {
        switch error {
        case let error as StoreError where error.code == .failed: .internalError
        case let error as PipelineError where error.code == .incomplete: .incomplete
        // The provider may answer another time.
        case let error as ProviderError where [.transient, .throttled, .quota, .malformed].contains(error.errorClass):
            .incomplete
        default: .unusable
        }
    }
}

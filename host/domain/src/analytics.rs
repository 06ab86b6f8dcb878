//! How statistics are divided.

use super::named_enum::named_enum;

named_enum! {
    /// What statistics are divided by.
    #[derive(Default, clap::ValueEnum, strum::Display)]
    #[clap(rename_all = "snake_case")]
    pub enum GroupBy {
        Namespace,
        #[default]
        Template,
        /// The version of a template.
        Version,
        /// The step of a template version, with the version of the component that ran.
        Step,
    }
}

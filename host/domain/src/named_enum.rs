//! Enums whose values have names.

/// Declares an enum whose values have the same name everywhere: in JSON, in SQL, in templates.
macro_rules! named_enum {
    ($(#[$attribute:meta])* pub enum $name:ident $values:tt) => {
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            serde::Serialize,
            serde::Deserialize,
            strum::EnumString,
            strum::IntoStaticStr,
            strum::VariantArray,
            strum::VariantNames,
        )]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case", const_into_str)]
        $(#[$attribute])*
        pub enum $name $values
    };
}

pub(crate) use named_enum;

//! The algorithms by which a token may be signed. All of them verify with a public key: one that
//! verifies with a secret would let everyone who can check a token create tokens.

use jsonwebtoken::Algorithm;

/// How a token is signed, named as JOSE names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum JwtAlgorithm {
    #[clap(name = "RS256")]
    Rs256,
    #[clap(name = "RS384")]
    Rs384,
    #[clap(name = "RS512")]
    Rs512,
    #[clap(name = "PS256")]
    Ps256,
    #[clap(name = "PS384")]
    Ps384,
    #[clap(name = "PS512")]
    Ps512,
    #[clap(name = "ES256")]
    Es256,
    #[clap(name = "ES384")]
    Es384,
    #[clap(name = "EdDSA")]
    EdDsa,
}

impl JwtAlgorithm {
    /// Those that most issuers use.
    pub const DEFAULT: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    pub(super) fn algorithm(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Rs384 => Algorithm::RS384,
            Self::Rs512 => Algorithm::RS512,
            Self::Ps256 => Algorithm::PS256,
            Self::Ps384 => Algorithm::PS384,
            Self::Ps512 => Algorithm::PS512,
            Self::Es256 => Algorithm::ES256,
            Self::Es384 => Algorithm::ES384,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

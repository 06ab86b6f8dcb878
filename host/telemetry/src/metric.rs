//! The declaration of a metric.

/// The value of a label in place of those beyond its bound.
pub const OTHER: &str = "_other";

/// One metric, as data: documentation and output come from it.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// As it is exposed, with its unit; that of a counter ends in `_total`.
    pub name: &'static str,
    pub kind: Kind,
    pub unit: Option<Unit>,
    pub labels: &'static [&'static str],
    pub origin: Origin,
    pub help: &'static str,
}

/// How the values of a metric behave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only goes up, and begins at zero with the process.
    Counter,
    Gauge,
    /// With the upper bounds of its buckets, in the unit of the metric.
    Histogram(&'static [f64]),
}

/// The unit of a metric, which its name has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Bytes,
}

/// What a metric is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The host that is asked.
    Host,
    /// The database: every host gives the same values.
    Database,
}

impl Kind {
    /// As Prometheus names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }

    /// The upper bounds of the buckets; none unless it is a histogram.
    pub fn bounds(self) -> &'static [f64] {
        match self {
            Self::Histogram(bounds) => bounds,
            Self::Counter | Self::Gauge => &[],
        }
    }
}

impl Unit {
    /// As it stands in names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
        }
    }

    /// Sums are kept in parts of the unit: microseconds, bytes.
    pub(crate) fn parts(self) -> f64 {
        match self {
            Self::Seconds => 1e6,
            Self::Bytes => 1.0,
        }
    }
}

impl Metric {
    /// The name without what its kind and its unit add.
    pub(crate) fn stem(&self) -> &'static str {
        let name = match self.kind {
            Kind::Counter => self.name.strip_suffix("_total").unwrap_or(self.name),
            Kind::Gauge | Kind::Histogram(_) => self.name,
        };
        let Some(unit) = self.unit else { return name };
        let stem = name.strip_suffix(unit.name());
        stem.and_then(|stem| stem.strip_suffix('_')).unwrap_or(name)
    }

    /// Parts of the unit that make one.
    pub(crate) fn parts(&self) -> f64 {
        self.unit.map_or(1.0, Unit::parts)
    }
}

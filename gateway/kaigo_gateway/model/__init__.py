"""The vocabulary: office, site, findings, expenses, claims and the descriptors that hooks return."""

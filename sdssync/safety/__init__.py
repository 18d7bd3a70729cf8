"""No one leaves a class by mistake: what changes from set to set, the gates, approval, and the record of it all."""
